// Imported first: Node 22.18 and later run TypeScript, but would fail later with an unclear error. Older versions don't
// run TypeScript at all; scripts/node-version.js checks for them before npm scripts.

const [major = 0] = process.versions.node.split('.').map(Number)

if (major < 24) {
  console.error(
    `This service needs Node 24, and this is Node ${process.version}. \`npm start\` runs it on the Node 24 that \`npm ci\` ` +
      'installs beside it; where scripts are not run at installation, install Node 24 and start it with that.',
  )
  process.exit(1)
}
