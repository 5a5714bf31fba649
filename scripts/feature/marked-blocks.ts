// The parts of a Markdown file that belong to a feature. The mark is an HTML comment, so readers don't see it.

/**
 * Removes what is marked as a feature's: what is between `<!-- feature: orders -->` and `<!-- /feature: orders -->`,
 * each alone on its line, and single lines that end with `<!-- feature: orders -->`, such as a list item or a table row.
 *
 * @throws {Error} where a block does not end
 */
export function removeMarked(text: string, feature: string): string {
  const mark = `<!-- feature: ${feature} -->`
  const end = `<!-- /feature: ${feature} -->`
  const block = `^[ \\t]*${mark}\\n(?:.*\\n)*?[ \\t]*${end}\\n`
  const rest = text
    .replaceAll(new RegExp(`(?<=\\n\\n)${block}\\n|${block}`, 'gm'), '')
    .replaceAll(new RegExp(`^.*\\S.*${mark}[ \\t]*\\n`, 'gm'), '')
  if (rest.includes(mark) || rest.includes(end)) throw new Error(`"${mark}" and "${end}" have to be a pair.`)
  return rest
}
