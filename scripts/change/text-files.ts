// Reads texts with the line ends of Unix, also from a clone that has those of Windows.

import { readFileSync } from 'node:fs'

/** Lines end with `\n`, in a file with `\r\n` as well. */
export const readText = (file: string): string => withUnixLineEnds(readFileSync(file, 'utf8'))

export const withUnixLineEnds = (text: string): string => text.replaceAll('\r\n', '\n')

/** The text with the line ends of another one. */
export const withLineEndsOf = (model: string, text: string): string =>
  hasWindowsLineEnds(model) ? withUnixLineEnds(text).replaceAll('\n', '\r\n') : text

/** By the first line: Git and editors write all lines of a file alike. */
const hasWindowsLineEnds = (text: string): boolean => /^[^\n]*\r\n/.test(text)
