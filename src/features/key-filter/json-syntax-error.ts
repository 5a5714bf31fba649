// What a client is told about a body that is not the JSON it ought to be: what was expected, what was found, and where.
// Nothing here runs for a good body, so it reads the bytes again instead of making the scanner count lines.

export interface Position {
  /** Bytes before the error; 0 is the first byte. */
  offset: number
  /** From 1; a line ends with a line feed. */
  line: number
  /** From 1; in characters (Unicode code points), not in bytes. */
  column: number
}

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

/** The error for bytes that are UTF-8, but not the JSON that was expected at `offset`. */
export function unexpected(bytes: Buffer, offset: number, expected: string): JsonSyntaxError {
  return new JsonSyntaxError(`Expected ${expected} but found ${describe(bytes, offset)}`, positionOf(bytes, offset))
}

/** The error for bytes that are not UTF-8; RFC 8259, 8.1 allows JSON between systems no other encoding. */
export function notUtf8(bytes: Buffer): JsonSyntaxError {
  const offset = firstInvalidUtf8(bytes)
  const found = `0x${bytes.toString('hex', offset, offset + 1)}`
  return new JsonSyntaxError(`Expected UTF-8 but found the byte ${found}, which begins no character,`, positionOf(bytes, offset))
}

function positionOf(bytes: Buffer, offset: number): Position {
  let line = 1
  let column = 1
  for (let at = 0; at < offset; at++) {
    if (bytes[at] === 0x0a) {
      line++
      column = 1
    } else if (!isContinuation(bytes[at])) column++
  }
  return { offset, line, column }
}

function describe(bytes: Buffer, offset: number): string {
  if (offset >= bytes.length) return 'the end of the body'
  const codePoint = bytes.toString('utf8', offset, offset + 4).codePointAt(0)!
  if (codePoint === 0xfeff) return 'a byte order mark'
  const character = String.fromCodePoint(codePoint)
  if (character === '"') return `'"'`
  // Spaces, controls and marks that change the direction of text would be lost or do harm in a log.
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(character) ? `"${character}"` : `U+${hexadecimal(codePoint)}`
}

const hexadecimal = (codePoint: number) => codePoint.toString(16).toUpperCase().padStart(4, '0')

// Decoding puts U+FFFD where a sequence is broken. Encoded again, the text first differs from the body within that U+FFFD.
function firstInvalidUtf8(bytes: Buffer): number {
  const repaired = Buffer.from(bytes.toString())
  let at = 0
  while (repaired[at] === bytes[at]) at++
  while (isContinuation(repaired[at])) at--
  return at
}

const isContinuation = (byte = 0) => (byte & 0xc0) === 0x80
