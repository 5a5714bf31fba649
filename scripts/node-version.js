// Stops with a sentence if Node is not the version that the code is written for; otherwise the code would stop with a
// syntax error. Plain JavaScript, so that older versions of Node can read it.

import { readFileSync } from 'node:fs'

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const wanted = Number.parseInt(manifest.engines.node, 10)
const running = Number.parseInt(process.versions.node, 10)

if (running !== wanted) {
  console.error(
    `This project runs on Node ${wanted}, but this is Node ${process.versions.node}. npm scripts and npx run Node ` +
      `${wanted}, which is a devDependency: use them, and install with "npm ci", without --ignore-scripts.`,
  )
  process.exit(1)
}
