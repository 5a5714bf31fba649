// The whole web process within the test: composed as in main.ts, but with a log that can be read and without a port. The
// embedded database is kept in memory.

import supertest from 'supertest'
import { type Contract, parseContract, readContract } from '../src/chassis/web/contract.ts'
import { composeWeb, openServiceRuntime } from '../src/main.ts'
import type { Feature } from '../src/ports/feature.ts'
import type { LogSink } from '../src/ports/log.ts'
import type { Mounted } from '../src/ports/routes.ts'
import { createConformance } from './contract/conformance.ts'

export const contract = readContract(new URL('../openapi.yaml', import.meta.url))

/** The contract with additions, so that a test need not depend on a feature. Indented as in openapi.yaml. */
export const contractWith = ({ paths, schemas = '' }: { paths: string; schemas?: string }): Contract =>
  parseContract(
    contract.source.replace('\npaths:\n', `\npaths:${paths}`).replace('\n  schemas:\n', `\n  schemas:\n${schemas}`),
  )

export interface TestAppOptions {
  env?: NodeJS.ProcessEnv
  features?: Feature[]
  /** By name, what a feature would serve, without the feature. */
  mounted?: Record<string, Mounted>
  contract?: Contract
}

export async function createTestApp(options: TestAppOptions = {}) {
  const features = [...(options.features ?? []), ...Object.entries(options.mounted ?? {}).map(serving)]
  const sink = createMemorySink()
  const env = { DATABASE_URL: 'sqlite::memory:', ...options.env }
  const runtime = openServiceRuntime(env, features, { process: 'web', sink, exit: () => {} })
  const { web, backing } = await composeWeb(runtime, { features, contract: options.contract ?? contract })

  return {
    http: createClient(web.app, options.contract),
    app: web.app,
    lines: sink.lines,
    registry: runtime.registry,
    lifecycle: runtime.lifecycle,
    /** The database as this feature has it. */
    database: <Tables>(feature: Feature) => backing.forFeature(feature).database<Tables>(),
  }
}

const serving = ([name, mounted]: [string, Mounted]): Feature => ({ name, settings: {}, start: () => mounted })

/** Supertest, with every answer held to the contract. */
function createClient(app: Parameters<typeof supertest>[0], tested?: Contract) {
  const conform = createConformance(tested)
  const send = (method: 'get' | 'head' | 'post' | 'put' | 'patch' | 'delete' | 'options' | 'trace') => (path: string) =>
    supertest(app)
      [method](path)
      .expect(({ status, headers, text = '' }) => {
        const given = new Headers(Object.entries(headers as Record<string, string>))
        conform({ method: method.toUpperCase(), path, status, headers: given, body: text })
      })
  return {
    get: send('get'),
    head: send('head'),
    post: send('post'),
    put: send('put'),
    patch: send('patch'),
    delete: send('delete'),
    options: send('options'),
    trace: send('trace'),
  }
}

interface MemorySink extends LogSink {
  /** The lines so far, parsed. */
  lines(): Record<string, unknown>[]
}

export function createMemorySink(): MemorySink {
  const texts: string[] = []
  return {
    write: (line) => void texts.push(line),
    dropped: () => 0,
    flush: async () => {},
    lines: () => texts.map((text) => JSON.parse(text)),
  }
}
