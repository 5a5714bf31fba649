// Parses the query of a URL, all of it: HEADER_LIMIT bounds its length. Of a repeated parameter the value is a list.

import { type ParsedUrlQuery, parse } from 'node:querystring'

/** Express' own parser drops every parameter after the 1000th, and with it what the contract would reject. */
export const parseQuery = (text: string): ParsedUrlQuery => parse(text, '&', '=', { maxKeys: 0 })
