// The error for a body that is not the expected JSON: what was expected, what was found, and where. None of this runs for
// a valid body: the scanner knows only offsets, and lines are counted once there is an error.

interface Position {
  /** From 0, in bytes. */
  offset: number
  /** From 1; a line feed ends a line. */
  line: number
  /** From 1, in characters (Unicode code points). */
  column: number
}

/** Its message says what is wrong with a body and where; it can be sent to the client and logged. */
export class JsonSyntaxError extends SyntaxError implements Position {
  override readonly name = 'JsonSyntaxError'
  readonly offset: number
  readonly line: number
  readonly column: number

  constructor(complaint: string, { offset, line, column }: Position) {
    super(`${complaint} at line ${line}, column ${column} (byte ${offset}).`)
    this.offset = offset
    this.line = line
    this.column = column
  }
}

/** The error for a body that is UTF-8, but not the JSON that was `expected` at `offset`. */
export function jsonSyntaxError(body: Buffer, offset: number, expected: string): JsonSyntaxError {
  return new JsonSyntaxError(`Expected ${expected} but found ${describe(body, offset)}`, locate(body, offset))
}

/** The error for a body that is not UTF-8, the only encoding of JSON between systems (RFC 8259, 8.1). */
export function notUtf8(body: Buffer): JsonSyntaxError {
  const offset = firstInvalidUtf8(body)
  const byte = body.toString('hex', offset, offset + 1)
  return new JsonSyntaxError(
    `Expected UTF-8 but found a broken character that begins with 0x${byte}`,
    locate(body, offset),
  )
}

function describe(body: Buffer, offset: number): string {
  if (offset >= body.length) return 'the end of the body'
  const codePoint = body.toString('utf8', offset, offset + 4).codePointAt(0)!
  if (codePoint === 0xfeff) return 'a byte order mark'
  const character = String.fromCodePoint(codePoint)
  if (character === '"') return `'"'`
  // Control characters and direction marks must not reach a log; white space would be invisible.
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(character) ? `"${character}"` : unicodeName(codePoint)
}

function unicodeName(codePoint: number): string {
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`
}

function locate(body: Buffer, offset: number): Position {
  let line = 1
  let column = 1
  for (let at = 0; at < offset; at++) {
    if (body[at] === 0x0a /* line feed */) {
      line++
      column = 1
    } else if (!isContinuation(body[at]!)) column++
  }
  return { offset, line, column }
}

// Decoding replaces a broken character by U+FFFD. Encoded again, the text first differs from the body within that character.
function firstInvalidUtf8(body: Buffer): number {
  const repaired = Buffer.from(body.toString())
  let at = 0
  while (at < body.length && repaired[at] === body[at]) at++
  while (isContinuation(repaired[at]!)) at--
  return at
}

function isContinuation(byte: number): boolean {
  return (byte & 0b1100_0000) === 0b1000_0000
}
