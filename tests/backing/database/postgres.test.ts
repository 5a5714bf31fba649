// PostgreSQL, as far as it can be tested without a server.

import { expect, onTestFinished, test, vi } from 'vitest'
import { notes, openPort } from './fixtures/test-port.ts'

test('certificate authorities that cannot be read are an outage, which is logged once', async () => {
  onTestFinished(() => void vi.unstubAllEnvs())
  vi.stubEnv('CF_SYSTEM_CERT_PATH', '/nowhere')
  await using port = openPort({ DATABASE_URL: 'postgres://user:secret@127.0.0.1:1/name?sslmode=require' }, [notes])

  const refused = { status: 503, headers: { 'retry-after': '1' } }
  await expect(port.open(notes)).rejects.toMatchObject(refused)
  await expect(port.open(notes)).rejects.toMatchObject(refused)
  await expect(port.checks().database?.()).rejects.toMatchObject(refused)

  expect(port.logged('the database fails')).toHaveLength(1)
})
