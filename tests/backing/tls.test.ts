// What the clients of backing services are given for TLS.

import { getCACertificates } from 'node:tls'
import { expect, test } from 'vitest'
import { tlsOptions } from '../../src/backing/tls.ts'

test('plain text needs no options', async () => {
  expect(await tlsOptions({ tls: undefined })).toBeUndefined()
})

test('an authority is trusted in addition to those of Node', async () => {
  const options = await tlsOptions({ tls: { verify: 'full', ca: ['mine'] } })

  expect(options).toEqual({ ca: [...getCACertificates('default'), 'mine'], rejectUnauthorized: true })
})

test('where names are not checked, no other authority is trusted', async () => {
  const { ca, rejectUnauthorized, checkServerIdentity } =
    (await tlsOptions({ tls: { verify: 'ca', ca: ['mine'] } })) ?? {}

  expect([ca, rejectUnauthorized]).toEqual([['mine'], true])
  expect(checkServerIdentity?.('other.example', {} as never)).toBeUndefined()
})

test('nothing is checked with none, and the client identifies itself all the same', async () => {
  expect(await tlsOptions({ tls: { verify: 'none', cert: 'c', key: 'k', passphrase: 'p' } })).toEqual({
    cert: 'c',
    key: 'k',
    passphrase: 'p',
    rejectUnauthorized: false,
  })
})
