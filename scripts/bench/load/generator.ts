// A small load generator on bare sockets: `node generator.ts URL CONNECTIONS SECONDS [BODY_FILE]`. Each connection has
// one request at a time. When the time is over the last requests are awaited, so the outcome of each is known.

import { readFileSync } from 'node:fs'
import { connect } from 'node:net'

const [target = '', connections = '1', seconds = '1', bodyFile] = process.argv.slice(2)
const { hostname, port, pathname, search, host } = new URL(target)
const path = pathname + search
const request = encodeRequest(bodyFile ? readFileSync(bodyFile) : undefined)
const latenciesMs: number[] = []
let failed = 0

const started = performance.now()
const deadline = started + Number(seconds) * 1000
await Promise.all(Array.from({ length: Number(connections) }, keepBusy))

const answered = latenciesMs.length
const p50Ms = latenciesMs.sort((a, b) => a - b)[answered >> 1] ?? Number.NaN
console.log(JSON.stringify({ answered, failed, seconds: (performance.now() - started) / 1000, p50Ms }))

function encodeRequest(body: Buffer | undefined): Buffer {
  if (!body) return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
  const bodyHeaders = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`
  return Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\nHost: ${host}\r\n${bodyHeaders}\r\n`), body])
}

/** Settles when the connection is closed, by us after the last answer or by the server too early. */
function keepBusy(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  let sentMs = 0
  let waiting = true
  const reader = createAnswerReader((status) => {
    waiting = false
    latenciesMs.push(performance.now() - sentMs)
    if (status >= 300) failed += 1
    if (performance.now() < deadline) send()
    else socket.end()
  })

  socket.on('connect', send).on('data', reader.read)
  socket.on('error', () => {}) // The close that follows is what is counted.
  socket.on('close', () => {
    if (waiting) failed += 1
    resolve()
  })
  return promise

  function send() {
    waiting = true
    sentMs = performance.now()
    socket.write(request)
  }
}

/** Finds where each answer ends, by its content-length. */
function createAnswerReader(onAnswer: (status: number) => void) {
  let head = ''
  let missing = 0 // Bytes of the body that have not arrived.
  let status = 0

  return {
    read(chunk: Buffer) {
      if (missing > 0) missing -= chunk.length
      else readHead(chunk)
      if (head === '' && missing === 0) onAnswer(status)
    },
  }

  function readHead(chunk: Buffer) {
    head += chunk.toString('latin1')
    const end = head.indexOf('\r\n\r\n')
    if (end === -1) return
    status = Number(head.slice(9, 12))
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
    if (!length) throw new Error('An answer has no content-length, by which alone this generator finds its end.')
    missing = Number(length) - (head.length - end - 4)
    head = ''
  }
}
