// Stands between a client and its server, and lets the connections that there are go wrong in ways that a server seldom
// shows. New connections are good ones.

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface Middleman extends AsyncDisposable {
  port: number
  /** `mute`: no answer comes through any more, and nobody hangs up. `cut`: of the next answer only a few bytes come. */
  spoil(how: 'mute' | 'cut'): void
}

const FEW_BYTES = 10

export async function openMiddleman(serverPort: number): Promise<Middleman> {
  const answers = new Map<Socket, (answer: Buffer) => void>()
  const server = createServer((client) => {
    const upstream = connect(serverPort, '127.0.0.1')
    client.pipe(upstream)
    answers.set(client, (answer) => client.write(answer))
    upstream.on('data', (answer) => answers.get(client)?.(answer))
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      socket.on('error', () => {})
      socket.on('close', () => other.destroy())
    }
    client.on('close', () => answers.delete(client))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    port: (server.address() as AddressInfo).port,
    spoil(how) {
      for (const client of answers.keys()) {
        answers.set(client, (answer) => {
          if (how === 'cut') client.end(answer.subarray(0, FEW_BYTES))
        })
      }
    },
    async [Symbol.asyncDispose]() {
      for (const client of answers.keys()) client.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
