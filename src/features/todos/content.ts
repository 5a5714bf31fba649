// Any Unicode text is stored and comes back as it was. PostgreSQL's text has no place for U+0000, so that is written as
// \0, and a backslash as \\. Half a surrogate pair is not Unicode, and no encoding would keep it.

import { badRequest } from '../../chassis/problem.ts'

/** @throws {Problem} 400 where the text is not Unicode */
export function checkContent(content: string) {
  if (!content.isWellFormed()) throw badRequest('The content holds half a surrogate pair, which is not Unicode.')
}

export const toColumn = (content: string): string => content.replaceAll('\\', '\\\\').replaceAll('\0', '\\0')

/** By parts, since a pattern would stop at each of them: some texts are nothing else. */
export const fromColumn = (column: string): string =>
  column
    .split('\\\\')
    .map((part) => part.replaceAll('\\0', '\0'))
    .join('\\')
