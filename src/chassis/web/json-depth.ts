// How deeply JSON is nested, found by one pass over its bytes and without parsing it.

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** The brackets outside of strings are counted; whether the bytes are JSON at all is for the parser to say. */
export function isNestedDeeperThan(bytes: Uint8Array, max: number): boolean {
  if (bytes.length <= 2 * max) return false // Each level takes two brackets.
  let depth = 0
  let inString = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!
    if (inString) {
      if (byte === BACKSLASH) at++
      else if (byte === QUOTE) inString = false
    } else if (byte === QUOTE) inString = true
    else if (isOpening(byte) && ++depth > max) return true
    else if (isClosing(byte)) depth--
  }
  return false
}

/** "[" or "{" */
const isOpening = (byte: number) => byte === 0x5b || byte === 0x7b

/** "]" or "}" */
const isClosing = (byte: number) => byte === 0x5d || byte === 0x7d
