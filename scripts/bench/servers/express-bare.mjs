// Express 5 as its documentation begins, with no duties: no log, no metrics, no headers.

import express from 'express'

const app = express()

app.get(process.env.HELLO_PATH, (_req, res) => {
  res.type('text/plain').send('Hello world\n')
})

app.post('/', express.json({ limit: '2mb' }), (req, res) => {
  res.json(Object.fromEntries(Object.entries(req.body).filter(([key]) => /^a/i.test(key))))
})

const server = app.listen(process.env.PORT, () => {
  process.stdout.write(`{"message":"listening","port":${server.address().port}}\n`)
})
process.on('SIGTERM', () => process.exit())
