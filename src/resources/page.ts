// Pages of a collection, each with a link to the next: `{ "data": […], "next": "?limit=10&cursor=…" }`.

import { writeCursor } from './cursor.ts'
import { type Representation, representText } from './representation.ts'

export interface PageQuery {
  limit: number
  /** Filters, by the names of their parameters: the link to the next page repeats them. */
  [parameter: string]: string | number | boolean | undefined
}

/** Large items make a page shorter: many pages are made, cached and sent at the same time, and each takes memory. */
const PAGE_BYTES = 64 * 1024

/**
 * @param query of the request, without its cursor
 * @param list lists this many items: one more than the limit, to see whether there is another page
 */
export async function readPage<Item extends { id: string }>(
  query: PageQuery,
  list: (count: number) => Promise<Item[]>,
): Promise<Representation> {
  const items = await list(query.limit + 1)
  const texts = fitting(items.slice(0, query.limit).map((item) => JSON.stringify(item)))
  const last = items[texts.length - 1]
  if (!last || texts.length === items.length) return representText(`{"data":[${texts}]}`)
  const next = linkAfter(last, query)
  const page = representText(`{"data":[${texts}],"next":${JSON.stringify(next)}}`)
  return { ...page, link: `<${next}>; rel="next"` }
}

/** As many as fit into a page, but at least one. */
function fitting(texts: string[]): string[] {
  let bytes = 0
  const end = texts.findIndex((text, index) => {
    bytes += Buffer.byteLength(text)
    return bytes > PAGE_BYTES && index > 0
  })
  return end === -1 ? texts : texts.slice(0, end)
}

/** Relative to the path of the collection. */
function linkAfter({ id }: { id: string }, query: PageQuery): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries({ ...query, cursor: writeCursor(id) })) {
    if (value !== undefined) parameters.set(name, String(value))
  }
  return `?${parameters}`
}
