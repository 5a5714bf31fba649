// The whole web process within the test: the same parts as in main.ts, but a log that can be read and no port. What is
// embedded is kept in memory.

import supertest from 'supertest'
import { createBacking } from '../src/backing/backing.ts'
import { backingSettings } from '../src/backing/settings.ts'
import { type Listed, readBindings } from '../src/chassis/bindings.ts'
import { readConfig } from '../src/chassis/config.ts'
import { createHost } from '../src/chassis/host.ts'
import { createLifecycle } from '../src/chassis/lifecycle.ts'
import { createLog } from '../src/chassis/log.ts'
import type { LogSink } from '../src/chassis/log-sink.ts'
import { createMetrics } from '../src/chassis/metrics.ts'
import { readRelease } from '../src/chassis/release.ts'
import { chassisSettings } from '../src/chassis/settings.ts'
import { type Contract, parseContract, readContract } from '../src/chassis/web/contract.ts'
import { createWeb } from '../src/chassis/web/serve.ts'
import type { Feature, Mounted } from '../src/ports.ts'
import { createConformance } from './contract/conformance.ts'

export const contract = readContract(new URL('../openapi.yaml', import.meta.url))

/** The contract with more in it, so that a test need not lean on a feature. Indented as in openapi.yaml. */
export const contractWith = ({ paths, schemas = '' }: { paths: string; schemas?: string }): Contract =>
  parseContract(
    contract.source.replace('\npaths:\n', `\npaths:${paths}`).replace('\n  schemas:\n', `\n  schemas:\n${schemas}`),
  )

export interface TestAppOptions {
  env?: NodeJS.ProcessEnv
  features?: Feature[]
  /** What a feature would serve, without the feature. */
  mounted?: Record<string, Mounted>
  contract?: Contract
  bound?: Listed[]
}

export async function createTestApp(options: TestAppOptions = {}) {
  const { features = [], bound = [] } = options
  const env = { DATABASE_URL: 'sqlite::memory:', ...options.env }
  const settings: typeof chassisSettings & typeof backingSettings = Object.assign(
    {},
    chassisSettings,
    backingSettings,
    ...features.map(({ settings }) => settings),
  )
  const config = readConfig(env, settings)
  const release = readRelease(config, env)
  const sink = createMemorySink()
  const log = createLog(config.LOG_LEVEL, sink, release, 'web')
  const metrics = createMetrics(release, sink)
  const lifecycle = createLifecycle(log, sink, { DRAIN_SECONDS: 0, SHUTDOWN_SECONDS: 1 }, () => {})

  const bindings = readBindings(env)
  const backing = createBacking({ config, bindings, release, log, metrics: metrics.registry, lifecycle })
  const host = createHost({ config, log, metrics, release, lifecycle })
  const mounted = { ...options.mounted }
  for (const feature of features) {
    mounted[feature.name] = await feature.start({ ...host, ...backing.lendTo(feature) }, config)
  }
  const parts = {
    config,
    contract: options.contract ?? contract,
    release,
    mounted,
    bound,
    checks: backing.checks(features),
    rateLimiter: backing.openRateLimiter(),
    resources: backing.resources,
    log,
    sink,
    metrics,
    lifecycle,
  }
  const { app } = await createWeb(parts)

  return { http: createClient(app, options.contract), app, lines: sink.lines, metrics: metrics.registry, lifecycle }
}

/** Supertest, with every answer held to the contract. */
function createClient(app: Parameters<typeof supertest>[0], tested?: Contract) {
  const conform = createConformance(tested)
  const send = (method: 'get' | 'head' | 'post' | 'put' | 'delete' | 'options' | 'trace') => (path: string) =>
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
