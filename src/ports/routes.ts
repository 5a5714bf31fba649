// What a feature serves, typed by openapi.yaml.

import type { Request, RequestHandler, Response } from 'express'
import type { operations, paths } from '../openapi.d.ts'

/** Every key is a foreign key into openapi.yaml, spelled as it is there. */
export interface Mounted {
  routes?: Routes
  /** Static files by declaration: a file, or a folder (its URL ends with a slash) for a route with `{file}`. */
  files?: { [Route in RouteKey]?: URL }
  /** Throws while the feature can't do its work; the message says why. Readiness calls it, so it returns soon. */
  ready?: () => void | Promise<void>
}

// Express types a handler by what it reads; a table of different handlers can't name that.
// biome-ignore lint/suspicious/noExplicitAny: the parameters of any route.
export type Routes = { [Route in RouteKey]?: RequestHandler<any, any, any, any> }

type Methods<Path extends keyof paths> = {
  [Method in keyof paths[Path]]: paths[Path][Method] extends { responses: unknown } ? Method : never
}[keyof paths[Path]]

/** `GET /orders/{orderId}`: one search finds both the contract and the code. */
export type RouteKey = { [Path in keyof paths]: `${Uppercase<Methods<Path> & string>} ${Path & string}` }[keyof paths]

/** The handler of an operation, by its operationId. Its request has been validated against openapi.yaml. */
export type Handler<Id extends keyof operations> = (
  req: Request<PathParameters<operations[Id]>, unknown, Body<operations[Id]>, Query<operations[Id]>>,
  res: Response<Answer<operations[Id]>>,
) => void | Promise<void>

/** The handler of an operation with `x-raw-body`: it gets the bytes as they came, and validates them itself. */
export type RawHandler<Id extends keyof operations> = (
  req: Request<PathParameters<operations[Id]>, unknown, Buffer, Query<operations[Id]>>,
  res: Response,
) => void | Promise<void>

type PathParameters<Op> = Op extends { parameters: { path: infer Path } } ? Path : object
type Query<Op> = Op extends { parameters: { query?: infer Given } } ? Described<Given> : object
type Body<Op> = Op extends { requestBody?: { content: infer Content } } ? Described<Content[keyof Content]> : unknown
/** What `res.json` takes: the JSON of any of the operation's responses. */
type Answer<Op> = Op extends { responses: infer Statuses } ? Described<JsonOf<Statuses[keyof Statuses]>> : unknown
type JsonOf<Status> = Status extends { content: { 'application/json': infer Json } } ? Json : never
/** What the contract leaves out is generated as never. */
type Described<Given> = [NonNullable<Given>] extends [never] ? object : NonNullable<Given>

declare module 'express-serve-static-core' {
  interface Request {
    /** Identifies the request in its log lines and in the X-Request-Id of the response. */
    id: string
  }
}
