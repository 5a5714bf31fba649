// Live docs: Swagger UI over the contract that is served. It is loaded at the first request, for it is large and most
// instances never show it.

import { type RequestHandler, Router } from 'express'
import type { Mounted } from '../../ports/routes.ts'
import { notFound } from '../problem.ts'
import { dropPreconditions } from './files.ts'

/** Swagger UI sets style attributes; inline styles are allowed here, and nowhere else. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; " +
  "font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

const OPTIONS = {
  customSiteTitle: 'API documentation',
  customCss: '.swagger-ui .topbar { display: none }',
  swaggerOptions: { url: '../openapi.json', tryItOutEnabled: true, validatorUrl: null },
}

/** What the page asks for. The package has much more, source maps and pages of its own among it. */
const FILES = new Set([
  'favicon-16x16.png',
  'favicon-32x32.png',
  'swagger-ui.css',
  'swagger-ui-bundle.js',
  'swagger-ui-init.js',
  'swagger-ui-standalone-preset.js',
])

export function createDocs(): Mounted {
  let loaded: Promise<SwaggerUi> | undefined
  const swaggerUi = () => {
    loaded ??= load()
    return loaded
  }

  return {
    routes: {
      // The page's links are relative, so it needs the slash; a relative redirect works behind any path prefix.
      'GET /docs': async (req, res, next) => {
        if (!req.path.endsWith('/')) return void res.writeHead(301, { location: 'docs/' }).end()
        const { page } = await swaggerUi()
        res.set({ 'content-security-policy': CONTENT_SECURITY_POLICY, 'cache-control': 'no-cache' })
        delete req.headers['if-none-match'] // The page has no tag, and the library would call it fresh all the same.
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

async function load(): Promise<SwaggerUi> {
  const [{ default: swaggerUi }, { default: compression }] = await Promise.all([
    import('swagger-ui-express'),
    import('compression'),
  ])
  return {
    page: Router().use(compression(), swaggerUi.setup(undefined, OPTIONS)),
    // Served after the page has been set up: that is when the library writes the script which starts it.
    files: Router()
      .use(compression())
      .use('/docs', swaggerUi.serveWithOptions({ acceptRanges: false, maxAge: '1h' })),
  }
}
