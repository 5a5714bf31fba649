// Imported first of all: an older Node would fail somewhere in the middle, with words that help nobody.

const [major = 0] = process.versions.node.split('.').map(Number)

if (major < 24) {
  console.error(
    `This service needs Node 24, and this is Node ${process.version}. \`npm start\` runs it on the Node 24 that \`npm ci\` ` +
      'installs beside it; where scripts are not run at installation, install Node 24 and start it with that.',
  )
  process.exit(1)
}
