// Tables in Markdown, and the figures in them.

/** The first column holds names, the others figures. */
export function renderTable(head: string[], rows: string[][]): string {
  const rule = head.map((_, column) => (column === 0 ? '---' : '--:'))
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** Three figures: the measurement is not more precise. */
export const significant = (value: number) => (Number.isNaN(value) ? '–' : String(Number(value.toPrecision(3))))
