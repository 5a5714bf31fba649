// A feature is named for what it keeps, in the plural; one of them is called by the singular: orders and order.

/** Plurals that the rules below would get wrong, and words that have no other form. */
const IRREGULAR = new Map(
  Object.entries({
    children: 'child',
    cookies: 'cookie',
    movies: 'movie',
    news: 'news-item',
    people: 'person',
    series: 'series-item',
  }),
)

/** Of a name that is not a plural one is an item: `inventory` becomes `inventory-item`. */
export function singularOf(name: string): string {
  const [, before = '', word = ''] = name.match(/^(.*-)?([^-]+)$/) ?? []
  return before + (IRREGULAR.get(word) ?? regularSingularOf(word))
}

function regularSingularOf(word: string): string {
  if (/[^aeiou]ies$/.test(word)) return word.replace(/ies$/, 'y')
  if (/(?:ss|x|zz|ch|sh|[^aeo]us)es$/.test(word)) return word.replace(/es$/, '')
  if (/[^sui]s$/.test(word)) return word.replace(/s$/, '')
  return `${word}-item`
}

/** `an order`, `a user`. */
export const withArticle = (noun: string): string => `${/^(?:[aeio]|u(?!ni|se))/.test(noun) ? 'an' : 'a'} ${noun}`
