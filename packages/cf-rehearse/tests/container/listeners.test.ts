import { expect, test } from 'vitest'
import { parseTable } from '../../src/container/listeners.ts'

const ROWS = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  2000        0 101 1 0 100 0 0 10 0
   1: 00000000:0D80 00000000:0000 0A 00000000:00000000 00:00000000 00000000  2000        0 102 1 0 100 0 0 10 0
   2: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000  2000        0 103 1 0 100 0 0 10 0
`

test('listening sockets are found, and connections are ignored', () => {
  expect(parseTable(ROWS)).toEqual([
    { address: '127.0.0.1', port: 8080, inode: '101' },
    { address: 'all', port: 3456, inode: '102' },
  ])
})
