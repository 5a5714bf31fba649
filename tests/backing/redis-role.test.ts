import { expect, test } from 'vitest'
import { besideKey, isWrongServer } from '../../src/backing/redis-role.ts'

test.each([
  "READONLY You can't write against a read only replica.",
  "READONLY You can't write against a read only replica. script: 5, on @user_script:3.",
  "ERR Error running script (call to f_5): @user_script:3: @user_script: 3: -READONLY You can't write against a replica.",
  "EXECABORT Transaction discarded because of: READONLY You can't write against a read only replica.",
  'MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to no.',
  'LOADING Redis is loading the dataset in memory',
  'NOREPLICAS Not enough good replicas to write.',
  'CLUSTERDOWN The cluster is down',
  'MOVED 3999 127.0.0.1:6381',
])('a reply that another server would not give is recognized: %s', (message) => {
  expect(isWrongServer(reply(message))).toBe(true)
  expect(isWrongServer(new Error(message))).toBe(false)
})

test.each([
  "OOM command not allowed when used memory > 'maxmemory'.",
  'WRONGTYPE Operation against a key holding the wrong kind of value',
  "ERR unknown command 'READONLYX'",
])('another error reply is not: %s', (message) => {
  expect(isWrongServer(reply(message))).toBe(false)
})

test.each([
  ['service:notes:visits', '{service:notes:visits}:sender'],
  ['{service}:notes:visits', '{service}:notes:visits:sender'],
])('a key beside %s is in its slot', (key, beside) => {
  expect(besideKey(key, 'sender')).toBe(beside)
})

const reply = (message: string) => Object.assign(new Error(message), { name: 'ReplyError' })
