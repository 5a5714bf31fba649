// Which answers of the contract were seen while the tests ran. A pair is an operation of openapi.yaml with a status
// that it documents; a shared answer of the chassis (components.responses with an `x-status`) is a pair of the
// operation `*`.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'js-yaml'

interface Contract {
  paths: Record<string, Record<string, { responses?: object }>>
  components?: { responses?: Record<string, { 'x-status'?: number }> }
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

/** Every pair of the contract, in its order: `GET /todos 200`, and last the shared ones: `* 404`. */
export function documentedPairs({ paths, components }: Contract): string[] {
  const own = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([verb, operation]) =>
      Object.keys(operation.responses ?? {}).map((status) => `${verb.toUpperCase()} ${path} ${status}`),
    ),
  )
  const shared = Object.values(components?.responses ?? {}).flatMap((response) => response['x-status'] ?? [])
  return [...own, ...new Set(shared.map((status) => `* ${status}`))]
}

function readRecords(recordDir: string): Set<string> {
  return new Set(readdirSync(recordDir).flatMap((name) => readFileSync(join(recordDir, name), 'utf8').split('\n')))
}
