// The metrics of all copies of the web process, because a scrape reaches only one of them. It requests a
// report from the primary, which requests one from every copy. Every wait ends, since a copy may be stopped or busy, and the primary may be gone.

import cluster, { type Worker } from 'node:cluster'
import { AggregatorRegistry, type MetricObjectWithValues, type MetricValue, type Registry } from 'prom-client'
import type { Log } from '../ports/log.ts'
import { unavailable } from './problem.ts'

/** How long a copy may take to report. Scrapers usually wait for 10 s. */
const REPORT_MS = 5000
/** The primary responds sooner, unless it does not respond at all. */
const RESPONSE_MS = REPORT_MS + 1000

/** Messages become JSON on their way, in which undefined would disappear; so null stands for a failure. */
type ToPrimary = { scrape: number } | { report: Metrics | null }
export type MetricsFromPrimary = 'report' | { scrape: number; text: string | null }

type Metrics = MetricObjectWithValues<MetricValue<string>>[]

interface Copy {
  /** What it last reported: empty until its first report. */
  last: Metrics
  /** While a report is awaited, also by earlier scrapes. */
  awaited: PromiseWithResolvers<boolean> | undefined
}

/** In the primary: collects the metrics of the copies that listen, and keeps the counts of those that have ended. */
export function collectFromCopies(log: Log, reportMs = REPORT_MS) {
  const copies = new Map<Worker, Copy>()
  let ended: Metrics = []
  cluster.on('listening', (copy) => copies.has(copy) || copies.set(copy, { last: [], awaited: undefined }))
  cluster.on('disconnect', retire)
  cluster.on('exit', retire)
  cluster.on('message', (copy: Worker, message: ToPrimary) => {
    if (typeof message !== 'object') return
    if ('scrape' in message) void respond(copy, message.scrape)
    if ('report' in message) take(copy, message.report)
  })

  /** Of a copy that has ended, counters must not fall: what it last reported is added to the sum of all that have ended. */
  function retire(copy: Worker) {
    const { last = [], awaited } = copies.get(copy) ?? {}
    copies.delete(copy)
    ended = merge([ended, last.flatMap(countsOf)])
    awaited?.resolve(true)
  }

  function take(copy: Worker, report: Metrics | null) {
    const known = copies.get(copy)
    if (!known) return
    if (report) known.last = report
    known.awaited?.resolve(report !== null)
    known.awaited = undefined
  }

  async function respond(copy: Worker, scrape: number) {
    const text = await collect().catch((error) => {
      log.error({ error }, 'the metrics of the copies can’t be merged')
      return null
    })
    send(copy, { scrape, text })
  }

  async function collect(): Promise<string | null> {
    const reports = [...copies.keys()].map(async (copy) => ((await reportOf(copy)) ? [] : [copy.process.pid]))
    const silent = (await Promise.all(reports)).flat()
    if (silent.length > 0) {
      log.warn({ copies: silent }, 'copies did not report their metrics in time')
      return null
    }
    return AggregatorRegistry.aggregate([...[...copies.values()].map(({ last }) => last), ended]).metrics()
  }

  /** Resolves when the copy has reported or ended, or as false when it takes too long. */
  function reportOf(copy: Worker): Promise<boolean> {
    const known = copies.get(copy)!
    if (!known.awaited) {
      // Not again before it has reported, or messages to a copy that is stopped would pile up.
      known.awaited = Promise.withResolvers()
      send(copy, 'report')
    }
    return within(reportMs, known.awaited.promise, false)
  }
}

/** What has meaning without the process: counters and histograms, and of summaries the sum and the count. */
function countsOf(metric: Metrics[number]): Metrics {
  if (String(metric.type) === 'gauge' || metric.aggregator !== 'sum') return []
  return [{ ...metric, values: metric.values.filter(({ labels }) => !('quantile' in labels)) }]
}

const merge = (reports: Metrics[]) => AggregatorRegistry.aggregate(reports).getMetricsAsArray() as unknown as Metrics

/** A copy may end before this process notices; what is sent to it is then lost, which is no error. */
function send(copy: Worker, message: MetricsFromPrimary) {
  if (copy.isConnected()) copy.send(message, () => {})
}

/**
 * In a copy.
 *
 * @returns a function for the metrics of all copies in Prometheus' text format, which throws 503 while one does not report
 */
export function exposeAllCopies(registry: Registry, responseMs = RESPONSE_MS): () => Promise<string> {
  let pending: Promise<string> | undefined
  let scrape = 0
  process.on('message', async (message: MetricsFromPrimary) => {
    if (message === 'report') sendToPrimary({ report: await registry.getMetricsAsJSON().catch(() => null) })
  })

  return function expose() {
    pending ??= request(++scrape).finally(() => {
      pending = undefined
    })
    return pending
  }

  async function request(number: number): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string | null>()
    const listen = (message: MetricsFromPrimary) => {
      if (typeof message === 'object' && message.scrape === number) resolve(message.text)
    }
    process.on('message', listen)
    sendToPrimary({ scrape: number })
    const text = await within(responseMs, promise, null).finally(() => process.off('message', listen))
    if (text === null) throw unavailable('Not every copy of the process reported its metrics in time.', 5)
    return text
  }
}

/** Without its primary a copy ends by itself (node:cluster). */
function sendToPrimary(message: ToPrimary) {
  process.send?.(message, undefined, undefined, () => {})
}

/** The result of a promise that may never settle, or another one after some time. */
async function within<T>(ms: number, promise: Promise<T>, otherwise: T): Promise<T> {
  const { promise: late, resolve } = Promise.withResolvers<T>()
  const timer = setTimeout(resolve, ms, otherwise)
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
