// `node writer.ts 2 200`: as the second of several processes, writes 200 notes, one at a time and ten at once in turn.

import { notes, openPort, type Tables } from '../../tests/backing/database/test-port.ts'

const [writer = 0, count = 0] = process.argv.slice(2).map(Number)
await using port = openPort(process.env)
const database = await port.lend<Tables>(notes)

for (let id = 0; id < count; id += 11) {
  await write(id)
  await Promise.all(Array.from({ length: 10 }, (_, next) => write(id + 1 + next)))
}

async function write(id: number) {
  if (id >= count) return
  const text = `${writer}: ${id}`
  await database
    .insertInto('notes')
    .values({ id: writer * 1_000_000 + id, text, written_at: null })
    .execute()
}
