// The yardstick of every ratio: bare node:http that answers GET and POST with no duties at all. It is plain JavaScript
// and imports nothing for GET, because cold starts are compared with it as well.

import { createServer } from 'node:http'

const { GET_BODY, POST_MODULE, PORT } = process.env
const { transform } = POST_MODULE ? await import(POST_MODULE) : {}

const server = createServer((req, res) => {
  if (req.method === 'GET') return answer(res, 'text/plain; charset=utf-8', GET_BODY)
  const chunks = []
  req.on('data', (chunk) => chunks.push(chunk))
  req.on('end', () => {
    const value = transform(JSON.parse(Buffer.concat(chunks).toString()))
    answer(res, 'application/json', Buffer.from(JSON.stringify(value)))
  })
})

function answer(res, type, body) {
  res.writeHead(200, { 'content-type': type, 'content-length': body.length }).end(body)
}

server.listen(PORT, () => {
  process.stdout.write(`{"message":"listening","port":${server.address().port}}\n`)
})
process.on('SIGTERM', () => process.exit())
