// Which answers of the contract were seen while the tests ran. A pair is an operation of openapi.yaml with a status
// that it documents; a shared response of the chassis (components.responses with an `x-status`) is a pair of the
// operation `*`, whichever operations it is added to, because the tests of the chassis exercise it.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'js-yaml'

interface Contract {
  paths: Record<string, Record<string, { responses?: Record<string, { $ref?: string }> }>>
  components?: { responses?: Record<string, { 'x-status'?: number | 'default' }> }
}

/** Compares the contract with the records of tests/contract/record.ts. */
export function judgeExercised(contractPath: string, recordDir: string) {
  const documented = documentedPairs(load(readFileSync(contractPath, 'utf8')) as Contract)
  const exercised = readRecords(recordDir)
  const missing = documented.filter((pair) => !exercised.has(pair))

  const heading = `Exercised ${documented.length - missing.length} of ${documented.length} pairs of operation and status`
  return {
    passed: missing.length === 0,
    text: missing.length === 0 ? `${heading}.` : [`${heading}, but not:`, ...missing].join('\n  '),
  }
}

/** Every pair of the contract, in its order: `GET /orders 200`, and last the shared ones: `* 404`. */
export function documentedPairs({ paths, components: { responses: described = {} } = {} }: Contract): string[] {
  const own = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([verb, { responses = {} }]) =>
      Object.entries(responses)
        .filter(([, { $ref }]) => !isShared($ref))
        .map(([status]) => `${verb.toUpperCase()} ${path} ${status}`),
    ),
  )
  const statuses = Object.values(described).map((response) => response['x-status'])
  const shared = statuses.filter((status) => typeof status === 'number').map((status) => `* ${status}`)
  return [...own, ...new Set(shared)]

  function isShared($ref = ''): boolean {
    return described[$ref.replace('#/components/responses/', '')]?.['x-status'] !== undefined
  }
}

function readRecords(recordDir: string): Set<string> {
  return new Set(readdirSync(recordDir).flatMap((name) => readFileSync(join(recordDir, name), 'utf8').split('\n')))
}
