// Finds in a PromQL expression the metrics that it selects, and the labels of their matchers. It knows the grammar as
// far as it has to, to distinguish a metric from a function, a label, an operator and a unit of time.

export interface Selector {
  /** As in the expression: of a histogram with _bucket, _sum or _count. */
  name: string
  /** The labels of its matchers. */
  labels: string[]
}

const TOKEN = new RegExp(
  [
    '(?<comment>#.*)',
    String.raw`(?<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\x60[^\x60]*\x60)`,
    String.raw`(?<range>\[[^\]]*\])`,
    String.raw`(?<number>\d[\w.]*)`,
    String.raw`(?<word>\$?[a-zA-Z_:][\w:]*)`,
    String.raw`(?<mark>[^\s\w])`,
  ].join('|'),
  'g',
)
const LISTS_LABELS = ['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']
const OPERATORS = ['and', 'or', 'unless', 'atan2', 'bool', 'offset', 'inf', 'nan', ...LISTS_LABELS]

/** @throws {Error} where a bracket is not closed */
export function selectorsOf(expression: string): Selector[] {
  const tokens = [...expression.matchAll(TOKEN)].filter(({ groups }) => !groups?.comment)
  const text = (at: number) => tokens[at]?.[0] ?? ''
  const found: Selector[] = []

  for (let at = 0; at < tokens.length; at += 1) {
    const word = tokens[at]?.groups?.word
    if (word === undefined) continue
    if (LISTS_LABELS.includes(word.toLowerCase())) {
      if (text(at + 1) === '(') at = endOf(text, at + 1, ')')
    } else if (!OPERATORS.includes(word.toLowerCase()) && !isCalled(text(at + 1))) {
      const braced = text(at + 1) === '{'
      const end = braced ? endOf(text, at + 1, '}') : at
      found.push({ name: word, labels: labelsOf(tokens.slice(at + 2, end)) })
      at = end
    }
  }
  return found
}

/** The labels that an expression groups by. */
export const groupingsOf = (expression: string): string[] =>
  [...expression.matchAll(/\bby ?\(([^)]*)\)/g)].flatMap(([, labels = '']) =>
    labels.split(',').map((label) => label.trim()),
  )

/** An aggregation may have its labels before its operand. */
const isCalled = (next: string) => ['(', 'by', 'without'].includes(next.toLowerCase())

function endOf(text: (at: number) => string, from: number, close: string): number {
  for (let at = from; text(at) !== ''; at += 1) if (text(at) === close) return at
  throw new Error(`There is no ${close} to what begins as "${text(from - 1)}${text(from)}${text(from + 1)}".`)
}

const labelsOf = (tokens: RegExpExecArray[]) => tokens.flatMap(({ groups }) => groups?.word ?? [])
