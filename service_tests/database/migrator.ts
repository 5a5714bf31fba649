// `node migrator.ts 3`: makes three migrations, as `node src/main.ts migrate` does.

import { creating, defineMigrating, openPort } from '../../tests/backing/database/test-port.ts'

const [count = 0] = process.argv.slice(2).map(Number)
const migrations = Object.fromEntries(Array.from({ length: count }, (_, each) => [`0${each}`, creating(`many${each}`)]))

await using port = openPort(process.env)
await port.migrate([defineMigrating('many', migrations)])
