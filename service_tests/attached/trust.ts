// The ways in which a service can be told to trust the authority of a bound server.

import { copyFileSync, mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Authority } from 'private-servers/authority'
import type { PrivateServer } from 'private-servers/private-server'

export interface Trusting extends Disposable {
  env: Record<string, string>
}

type Trust = (server: PrivateServer, authority: Authority, variable: string) => Trusting

export const trusts: [name: string, trust: Trust][] = [
  [
    'came with the binding',
    (server) => withoutFiles({ VCAP_SERVICES: writeServices(server), VCAP_APPLICATION: '{"name":"bound"}' }),
  ],
  [
    'is named by NODE_EXTRA_CA_CERTS',
    (server, { caFile }, variable) => withoutFiles({ [variable]: server.url, NODE_EXTRA_CA_CERTS: caFile }),
  ],
  [
    'is in the folder of CF_SYSTEM_CERT_PATH',
    (server, { caFile }, variable) => {
      const folder = mkdtempDisposableSync(join(tmpdir(), 'authorities-'))
      copyFileSync(caFile, join(folder.path, 'trusted-ca-1.crt'))
      const env = { [variable]: server.url, CF_SYSTEM_CERT_PATH: folder.path }
      return { env, [Symbol.dispose]: folder[Symbol.dispose] }
    },
  ],
]

/** Without a trusted authority. */
export const distrust = (server: PrivateServer, variable: string) => ({ [variable]: server.url })

const withoutFiles = (env: Record<string, string>): Trusting => ({ env, [Symbol.dispose]() {} })

/** As a user-provided service, whose kind shows in its address. */
const writeServices = ({ credentials }: PrivateServer) =>
  JSON.stringify({ 'user-provided': [{ name: 'bound', label: 'user-provided', tags: [], credentials }] })
