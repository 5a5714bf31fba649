// Stops with a sentence where Node is not the version that the code is written for, instead of with a syntax error in it.
// Plain JavaScript, because older versions of Node must be able to read it.

import { readFileSync } from 'node:fs'

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const wanted = Number.parseInt(manifest.engines.node, 10)
const running = Number.parseInt(process.versions.node, 10)

if (running !== wanted) {
  console.error(
    `This project runs on Node ${wanted}, but this is Node ${process.versions.node}. The npm scripts and npx bring Node ` +
      `${wanted} along as a devDependency: start this through them, and install with "npm ci", without --ignore-scripts.`,
  )
  process.exit(1)
}
