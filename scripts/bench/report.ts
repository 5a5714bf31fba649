// The report, in Markdown that can be pasted into a README.

import { judge, type Results, type ServiceResults } from './budgets.ts'
import { CONTENDERS, type ContenderName } from './contenders.ts'
import type { ColdStarts } from './measurements/cold-start.ts'
import { type Comparison, ratio } from './measurements/side-by-side.ts'
import { renderTable, significant } from './table.ts'
import type { Verdict } from './verdicts.ts'

export function renderReport(results: Results, circumstances: string): string {
  const { service, features } = results
  const sections = {
    ...(service && renderService(service)),
    ...Object.assign({}, ...Object.values(features).map(({ sections }) => sections)),
    Budgets: renderVerdicts(judge(results)),
  }
  const parts = Object.entries(sections).flatMap(([title, section]) => [`### ${title}`, section])
  return [`${circumstances} Medians; × is the throughput, divided by that of what is named.`, ...parts].join('\n\n')
}

const renderService = ({ comparison, coldStarts }: ServiceResults) => ({
  'Side by side, × raw node:http': renderComparison(comparison),
  'Cold start': renderColdStarts(coldStarts),
})

/** As many workloads side by side as fit on a page. */
const PAGE = 2

function renderComparison(comparison: Comparison): string {
  const workloads = Object.keys(comparison.standings.raw)
  const pages = workloads.flatMap((_, n) => (n % PAGE === 0 ? [workloads.slice(n, n + PAGE)] : []))
  return pages.map((page) => renderStandings(comparison, page)).join('\n\n')
}

function renderStandings(comparison: Comparison, workloads: string[]): string {
  const rows = Object.entries(CONTENDERS).map(([key, { title }]) => {
    const name = key as ContenderName
    const figures = workloads.flatMap((workload) => {
      const { cpuUs, p50Ms } = comparison.standings[name][workload]!
      return [ratio(comparison, name, { rival: 'raw', workload }).toFixed(2), significant(cpuUs), significant(p50Ms)]
    })
    return [title, ...figures, significant(comparison.standings[name][workloads.at(-1)!]!.peakRssMb)]
  })
  const head = ['', ...workloads.flatMap((workload) => [`${workload} ×`, 'CPU µs', 'p50 ms']), 'peak RSS MB']
  return renderTable(head, rows)
}

function renderColdStarts({ raw, ours, oursAtFirst }: ColdStarts): string {
  const starts = Object.entries({
    'raw node:http': raw,
    'this service': ours,
    'this service at its very first start, without a compile cache': oursAtFirst,
  })
  const rows = starts.map(([title, { firstAnswerMs, rssMb }]) => [
    title,
    significant(firstAnswerMs),
    (firstAnswerMs / raw.firstAnswerMs).toFixed(1),
    significant(rssMb),
  ])
  return renderTable(['', 'first 200, ms', '× raw', 'RSS MB then'], rows)
}

function renderVerdicts(verdicts: Verdict[]): string {
  const word = (met: boolean | undefined) => (met === undefined ? 'unknown' : met ? 'met' : '**missed**')
  const rows = verdicts.map(({ budget, measured, met }) => [budget, measured, word(met)])
  return renderTable(['budget', 'measured', ''], rows)
}
