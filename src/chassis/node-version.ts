// Imported first of all: an older Node that runs TypeScript, from 22.18 on, would fail somewhere in the middle. Those
// that don't run it are told by scripts/node-version.js, before the npm scripts.

const [major = 0] = process.versions.node.split('.').map(Number)

if (major < 24) {
  console.error(
    `This service needs Node 24, and this is Node ${process.version}. \`npm start\` runs it on the Node 24 that \`npm ci\` ` +
      'installs beside it; where scripts are not run at installation, install Node 24 and start it with that.',
  )
  process.exit(1)
}
