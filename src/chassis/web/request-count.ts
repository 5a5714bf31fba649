// The metrics of requests. Labels are bounded: the routes of the contract, and one value for unknown paths.

import { Gauge, Histogram, type Registry } from 'prom-client'

/** Counts one request. @param route the path in the form of Express */
export type CountRequest = (method: string, route: string, status: number, seconds: number) => void

/** @param inFlight returns the number of requests in flight */
export function createRequestCount(registry: Registry, inFlight: () => number): CountRequest {
  const registers = [registry]
  new Gauge({
    name: 'http_requests_in_flight',
    help: 'Requests in flight.',
    registers,
    collect() {
      this.set(inFlight())
    },
  })
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'How long requests took, from their headers to the end of the response.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  })
  // Finding the child of a histogram by its labels costs more than the observation itself.
  const children = new Map<string, Histogram.Internal<string>>()

  return function countRequest(method, route, status, seconds) {
    const key = `${method} ${route} ${status}`
    let child = children.get(key)
    if (!child) {
      child = durations.labels(method, route.replaceAll(/:(\w+)/g, '{$1}'), String(status))
      children.set(key, child)
    }
    child.observe(seconds)
  }
}
