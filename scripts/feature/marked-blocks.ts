// What of a Markdown file belongs to a mark, which is an HTML comment and so is not shown.

/**
 * Removes what is marked as a feature's: what stands between `<!-- feature: todos -->` and `<!-- /feature: todos -->`,
 * each alone on its line, and single lines that end with `<!-- feature: todos -->`, such as a list item or a table row.
 */
export function removeMarked(text: string, feature: string): string {
  const mark = `<!-- feature: ${feature} -->`
  const block = `^[ \\t]*${mark}\\n(?:.*\\n)*?[ \\t]*<!-- /feature: ${feature} -->\\n`
  return text
    .replaceAll(new RegExp(`(?<=\\n\\n)${block}\\n|${block}`, 'gm'), '')
    .replaceAll(new RegExp(`^.*\\S.*${mark}[ \\t]*\\n`, 'gm'), '')
}
