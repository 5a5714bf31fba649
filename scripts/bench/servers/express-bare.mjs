// Express 5 as its documentation begins, with no duties: no log, no metrics, no headers.

import express from 'express'

const { GET_PATH, GET_BODY, POST_PATH, POST_MODULE, PORT } = process.env
const app = express()

app.get(GET_PATH, (_req, res) => {
  res.type('text/plain').send(GET_BODY)
})

if (POST_MODULE) {
  const { transform } = await import(POST_MODULE)
  app.post(POST_PATH, express.json({ limit: '2mb' }), (req, res) => {
    res.json(transform(req.body))
  })
}

const server = app.listen(PORT, () => {
  process.stdout.write(`{"message":"listening","port":${server.address().port}}\n`)
})
process.on('SIGTERM', () => process.exit())
