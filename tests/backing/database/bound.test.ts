// A bound database, as far as it can be tested without one.

import { expect, onTestFinished, test, vi } from 'vitest'
import { notes, openPort } from './test-port.ts'

test('authorities that cannot be read are an outage, which the log tells once', async () => {
  onTestFinished(() => void vi.unstubAllEnvs())
  vi.stubEnv('CF_SYSTEM_CERT_PATH', '/nowhere')
  await using port = openPort({ DATABASE_URL: 'postgres://user:secret@127.0.0.1:1/name?sslmode=require' }, [notes])

  const refused = { status: 503, headers: { 'retry-after': '1' } }
  await expect(port.lend(notes)).rejects.toMatchObject(refused)
  await expect(port.lend(notes)).rejects.toMatchObject(refused)
  await expect(port.checks().database?.()).rejects.toMatchObject(refused)

  expect(port.told('the database fails')).toHaveLength(1)
})
