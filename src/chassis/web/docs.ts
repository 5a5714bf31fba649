// Live documentation: Swagger UI over the contract that is served. It is loaded at the first request, because it is large
// and most instances never serve it.

import { type RequestHandler, Router } from 'express'
import type { Mounted } from '../../ports/routes.ts'
import { notFound } from '../problem.ts'
import { createCompression } from './compression.ts'
import { dropPreconditions } from './files.ts'

/** Swagger UI sets style attributes; inline styles are allowed here, and nowhere else. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; " +
  "font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/** Swagger UI is laid out for wide screens: on a phone, what is too wide wraps, and what never holds anything is hidden. */
const CSS = `
  .swagger-ui .topbar { display: none }
  @media (max-width: 640px) {
    .swagger-ui .wrapper { padding: 0 10px }
    .swagger-ui .info { margin: 20px 0 }
    .swagger-ui .info .title { font-size: 26px; overflow-wrap: anywhere }
    .swagger-ui .opblock-tag { flex-wrap: wrap }
    .swagger-ui .opblock-tag a { flex: 1 }
    .swagger-ui .opblock-tag small { order: 1; flex-basis: 100%; padding: 0 }
    .swagger-ui .servers { overflow: hidden }
    .swagger-ui .response-col_links { display: none }
    .swagger-ui .curl code { white-space: pre-wrap; overflow-wrap: anywhere }
  }
`

const OPTIONS = {
  customCss: CSS,
  customfavIcon: '../favicon.ico',
  swaggerOptions: { url: '../openapi.json', tryItOutEnabled: true, validatorUrl: null },
}

/** The files that the page requests. The package has many more, such as source maps and pages of its own. */
const FILES = new Set([
  'swagger-ui.css',
  'swagger-ui-bundle.js',
  'swagger-ui-init.js',
  'swagger-ui-standalone-preset.js',
])

/** @param title the name of the service */
export function createDocs(title: string): Mounted {
  let loaded: Promise<SwaggerUi> | undefined
  const swaggerUi = () => {
    loaded ??= load(title)
    return loaded
  }

  return {
    routes: {
      // The links of the page are relative, so it needs the slash; a relative redirect works behind any path prefix.
      'GET /docs': async (req, res, next) => {
        if (!req.path.endsWith('/')) return void res.writeHead(301, { location: 'docs/' }).end()
        const { page } = await swaggerUi()
        res.set({ 'content-security-policy': CONTENT_SECURITY_POLICY, 'cache-control': 'no-cache' })
        delete req.headers['if-none-match'] // The page has no entity tag, but Express would answer `*` with 304.
        page(req, res, next)
      },
      'GET /docs/{file}': async (req, res, next) => {
        if (!FILES.has(req.params.file)) throw notFound(`There is no file ${req.params.file}.`)
        const { files } = await swaggerUi()
        dropPreconditions(req)
        files(req, res, (error?: unknown) => next(error ?? notFound(`There is no file ${req.params.file}.`)))
      },
    },
  }
}

interface SwaggerUi {
  page: RequestHandler
  files: RequestHandler
}

async function load(title: string): Promise<SwaggerUi> {
  const [{ default: swaggerUi }, compress] = await Promise.all([import('swagger-ui-express'), createCompression()])
  // Generated before the files are served, because it also makes swagger-ui-init.js.
  const page = completeHead(swaggerUi.generateHTML(undefined, OPTIONS), title)
  return {
    page: Router().use(compress, (_req, res) => void res.send(page)),
    files: Router()
      .use(compress)
      .use('/docs', swaggerUi.serveWithOptions({ acceptRanges: false, maxAge: '1h' })),
  }
}

/** The library's page has no viewport, and takes a title without escaping it. */
const completeHead = (page: string, title: string) =>
  page.replace(
    /<title>.*?<\/title>/,
    () => `<meta name="viewport" content="width=device-width, initial-scale=1">\n  <title>${escapeHtml(title)}</title>`,
  )

const escapeHtml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
