import { expect, test } from 'vitest'
import hello from '../../../src/features/hello/index.ts'
import { createTestApp } from '../../app.ts'

const { http, lines } = await createTestApp({ features: [hello], env: { VERSION: '<b>1</b>' } })

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8'

test('a program gets a line of text', async () => {
  const answer = await http.get('/').set('accept', '*/*')

  expect(answer.type).toBe('text/plain')
  expect(answer.text).toBe('Hello world\n')
  expect(answer.headers.vary).toBe('Accept')
})

test('a browser gets a page with relative links', async () => {
  const { type, text, headers } = await http.get('/').set('accept', BROWSER)

  expect(type).toBe('text/html')
  for (const href of ['docs/', 'health/ready', 'metrics', 'info', 'assets/style.css'])
    expect(text).toContain(`href="${href}"`)
  expect(headers['content-security-policy']).toContain("default-src 'self'")
})

test('next steps are shown on a developer’s machine', async () => {
  const { text } = await http.get('/').set('accept', BROWSER)

  expect(text).toContain('npm run rename')
  expect(text).toContain('cf push')
})

test.each([
  { VCAP_APPLICATION: '{}' },
  { DYNO: 'web.1' },
  { KUBERNETES_SERVICE_HOST: '10.96.0.1' },
  { NODE_ENV: 'production' },
])('visitors of a deployed service (%j) see no next steps', async (env) => {
  const { http } = await createTestApp({ features: [hello], env })

  const { text } = await http.get('/').set('accept', BROWSER)

  expect(text).toContain('<footer>1 visit so far</footer>')
  expect(text).not.toMatch(/next steps|npm run|cf push/i)
})

test('the release is escaped on the page', async () => {
  const { text } = await http.get('/').set('accept', BROWSER)

  expect(text).toContain('&lt;b&gt;1&lt;/b&gt;')
})

test.each([
  ['text/html, text/plain', 'text/plain'],
  ['text/plain, text/html', 'text/plain'],
  ['text/html;q=0.5, text/plain;q=0.4', 'text/html'],
  ['text/html;q=0.5, text/*;q=0.6', 'text/plain'],
  ['TEXT/HTML', 'text/html'],
  ['text/plain;q=0, */*', 'text/html'],
  ['application/json, */*;q=0.1', 'text/plain'],
])('Accept: %s gets %s', async (accept, type) => {
  expect((await http.get('/').set('accept', accept)).type).toBe(type)
})

test.each(['application/json', 'text/html;q=0', 'text/plain;q=0.0, text/html;q=0', 'nonsense'])(
  'Accept: %s is answered with 406',
  async (accept) => {
    const answer = await http.get('/').set('accept', accept)

    expect(answer.status).toBe(406)
    expect(answer.body.detail).toBe('This resource is available as text/plain and text/html.')
  },
)

test('visits are logged, and counted by what was shown', async () => {
  const { http, lines } = await createTestApp({ features: [hello] })

  await http.get('/')
  await http.get('/').set('accept', BROWSER)
  await http.get('/').set('accept', BROWSER)

  const { text } = await http.get('/metrics')
  expect(text).toContain('hello_visits_total{shown="text"} 1')
  expect(text).toContain('hello_visits_total{shown="page"} 2')
  expect(lines().filter(({ path }) => path === '/')).toHaveLength(3)
})

test('the page shows the number of visits', async () => {
  const { http } = await createTestApp({ features: [hello] })

  const first = await http.get('/').set('accept', BROWSER)
  await http.get('/')
  const third = await http.get('/').set('accept', BROWSER)

  expect(first.text).toContain('1 visit so far')
  expect(third.text).toContain('3 visits so far')
})

test('static files have a type, a lifetime and an entity tag', async () => {
  const css = await http.get('/assets/style.css')
  const svg = await http.get('/assets/logo.svg')
  const again = await http.get('/assets/style.css').set('if-none-match', css.headers.etag!)

  expect(css.type).toBe('text/css')
  expect(svg.type).toBe('image/svg+xml')
  expect(css.headers['cache-control']).toBe('public, max-age=3600')
  expect(again.status).toBe(304)
})

test.each(['missing.css', '..%2findex.ts', '%2e%2e', 'constructor', '..%5cindex.ts', '%00'])(
  'the file %s does not exist',
  async (file) => {
    expect((await http.get(`/assets/${file}`)).status).toBe(404)
    expect(lines().at(-1)).toMatchObject({ level: 'info' })
  },
)

test('Vary is added to that of CORS', async () => {
  const { http } = await createTestApp({
    features: [hello],
    env: { CORS_ORIGINS: 'https://a.example,https://b.example' },
  })

  expect((await http.get('/').set('origin', 'https://a.example')).headers.vary).toBe('Origin, Accept')
})

test('the page links to the metrics only where they are', async () => {
  const { http } = await createTestApp({ features: [hello], env: { METRICS_PORT: '9090' } })

  expect((await http.get('/').set('accept', BROWSER)).text).not.toContain('href="metrics"')
})
