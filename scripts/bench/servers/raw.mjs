// The yardstick of every ratio: bare node:http that says hello and filters keys by parsing, with no duties at all. It
// is plain JavaScript without imports of its own, because it is also what a cold start is compared with.

import { createServer } from 'node:http'

const server = createServer((req, res) => {
  if (req.method === 'GET') return answer(res, 'text/plain; charset=utf-8', 'Hello world\n')
  const chunks = []
  req.on('data', (chunk) => chunks.push(chunk))
  req.on('end', () => answer(res, 'application/json', filterByParsing(Buffer.concat(chunks))))
})

function answer(res, type, body) {
  res.writeHead(200, { 'content-type': type, 'content-length': body.length }).end(body)
}

function filterByParsing(bytes) {
  const members = Object.entries(JSON.parse(bytes.toString()))
  return Buffer.from(JSON.stringify(Object.fromEntries(members.filter(([key]) => /^a/i.test(key)))))
}

server.listen(process.env.PORT, () => {
  process.stdout.write(`{"message":"listening","port":${server.address().port}}\n`)
})
process.on('SIGTERM', () => process.exit())
