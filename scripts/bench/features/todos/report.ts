// The figures of todos as a table, and the budgets that they have to meet.

import { median } from '../../statistics.ts'
import { renderTable, significant } from '../../table.ts'
import { atLeast, atMost, type Verdict } from '../../verdicts.ts'
import { SIZES } from './databases.ts'
import { BASELINE, CACHED, FIRST_PAGE, figureOf, type TodosResult, times } from './measure-todos.ts'

export function renderTodos({ figures, missing }: TodosResult): string {
  const rows = figures.map((figure) => {
    const among = { database: figure.database, rows: SIZES.few }
    const [baseline, page] = [BASELINE, FIRST_PAGE].map((what) => figureOf(figures, { what, ...among })!)
    const { what, database, rows, requestsPerSecond, p50Ms } = figure
    const ratios = [times(figure, baseline!), times(figure, page!)].map((ratio) => ratio.toFixed(2))
    const stored = rows > 0 ? rows.toLocaleString('en') : 'empty at first'
    return [what, database, stored, significant(median(requestsPerSecond)), ...ratios, significant(p50Ms)]
  })
  const head = ['', 'database', 'rows', 'requests/s', '× cheapest GET', '× page not cached', 'p50 ms']
  return [renderTable(head, rows), ...missing.map((reason) => `Left out: ${reason}`)].join('\n\n')
}

export function judgeTodos({ figures }: TodosResult): Verdict[] {
  const titles = [...new Set(figures.map(({ database }) => database))]
  return titles.flatMap((database) => {
    const of = (what: string, rows: number) => figureOf(figures, { what, database, rows })!
    const [few, many] = [of(FIRST_PAGE, SIZES.few), of(FIRST_PAGE, SIZES.many)]
    const cached = times(of(CACHED, SIZES.few), of(BASELINE, SIZES.few))
    return [
      atLeast(`7. ${database}: cached page, × cheapest GET`, cached, 0.6),
      atMost(`7. ${database}: cost of a page from 1,000,000 rows`, times(few, many), {
        limit: 1.3,
        unit: '× 10,000 rows',
      }),
    ]
  })
}
