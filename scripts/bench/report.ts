// The report, in Markdown that can be pasted into a README.

import { judge, type Results, type ServiceResults, type Verdict } from './budgets.ts'
import { CONTENDERS, type ContenderName } from './contenders.ts'
import type { ColdStarts } from './measurements/cold-start.ts'
import type { FilterSpeed } from './measurements/key-filter.ts'
import { type Comparison, ratio } from './measurements/side-by-side.ts'
import { FIRST_PAGE, figureOf, HELLO_FIGURE, type TodosResult, times } from './measurements/todos.ts'
import { median } from './statistics.ts'
import { SIZES } from './todos/databases.ts'

export function renderReport(results: Results, circumstances: string): string {
  const { service, todos } = results
  const sections = {
    ...(service && renderService(service)),
    ...(todos && { Todos: renderTodos(todos) }),
    Budgets: renderVerdicts(judge(results)),
  }
  const parts = Object.entries(sections).flatMap(([title, section]) => (section ? [`### ${title}`, section] : []))
  return [`${circumstances} Medians; × is the throughput, divided by that of what is named.`, ...parts].join('\n\n')
}

const renderService = ({ comparison, filter, coldStarts }: ServiceResults) => ({
  'Side by side, × raw node:http': renderComparison(comparison),
  'The key filter in process': filter.length > 0 ? renderFilter(filter) : '',
  'Cold start': renderColdStarts(coldStarts),
})

/** As many workloads side by side as fit on a page. */
const PAGES = [
  ['GET', 'POST 128 B'],
  ['POST 100 kB', 'POST 1 MB'],
]

function renderComparison(comparison: Comparison): string {
  const measured = PAGES.map((page) => page.filter((workload) => workload in comparison.standings.raw))
  return measured.flatMap((page) => (page.length > 0 ? [renderStandings(comparison, page)] : [])).join('\n\n')
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

function renderFilter(speeds: FilterSpeed[]): string {
  const head = ['body', 'JSON.parse and back, MB/s', 'this service, MB/s', '×']
  const rows = speeds.map(({ size, parsingMbPerSecond, scanningMbPerSecond }) => [
    size,
    significant(parsingMbPerSecond),
    significant(scanningMbPerSecond),
    (scanningMbPerSecond / parsingMbPerSecond).toFixed(1),
  ])
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

function renderTodos({ figures, missing }: TodosResult): string {
  const rows = figures.map((figure) => {
    const among = { database: figure.database, rows: SIZES.few }
    const [hello, page] = [HELLO_FIGURE, FIRST_PAGE].map((what) => figureOf(figures, { what, ...among })!)
    const { what, database, rows, requestsPerSecond, p50Ms } = figure
    const ratios = [times(figure, hello!), times(figure, page!)].map((ratio) => ratio.toFixed(2))
    const kept = rows > 0 ? rows.toLocaleString('en') : 'empty at first'
    return [what, database, kept, significant(median(requestsPerSecond)), ...ratios, significant(p50Ms)]
  })
  const head = ['', 'database', 'rows', 'requests/s', '× hello', '× page not cached', 'p50 ms']
  return [renderTable(head, rows), ...missing.map((reason) => `Left out: ${reason}`)].join('\n\n')
}

function renderVerdicts(verdicts: Verdict[]): string {
  const word = (met: boolean | undefined) => (met === undefined ? 'unknown' : met ? 'met' : '**missed**')
  const rows = verdicts.map(({ budget, measured, met }) => [budget, measured, word(met)])
  return renderTable(['budget', 'measured', ''], rows)
}

/** The first column holds names, the others figures. */
function renderTable(head: string[], rows: string[][]): string {
  const rule = head.map((_, column) => (column === 0 ? '---' : '--:'))
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** Three figures: more would claim more than can be measured. */
const significant = (value: number) => (Number.isNaN(value) ? '–' : String(Number(value.toPrecision(3))))
