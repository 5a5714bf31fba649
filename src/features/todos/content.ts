// Stores any Unicode text unchanged. PostgreSQL's text can't hold U+0000, so it is written as \0, and a backslash as \\.
// Half a surrogate pair is not Unicode, and no encoding can represent it.

import { badRequest } from '../../chassis/problem.ts'

/** @throws {Problem} 400 where the text is not Unicode */
export function checkContent(content: string) {
  if (!content.isWellFormed()) throw badRequest('The content holds half a surrogate pair, which is not Unicode.')
}

export const toColumn = (content: string): string => content.replaceAll('\\', '\\\\').replaceAll('\0', '\\0')

/** Splits, since a pattern with a callback would be slow for a text that consists of escapes. */
export const fromColumn = (column: string): string =>
  column
    .split('\\\\')
    .map((part) => part.replaceAll('\\0', '\0'))
    .join('\\')
