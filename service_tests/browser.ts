// A real browser, headless: Chromium, wherever the machine has it.

import { type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { findProgram, isMissing } from 'private-servers/requirements'
import { shared } from './attached/fixtures/shared.ts'

const executablePath = findProgram(process.env.CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome')

/** For `test.skipIf`. */
export const noChromium = isMissing(
  executablePath,
  'Install Chromium (the Debian package chromium), or name one by CHROMIUM=<path>, to test the pages in a browser.',
)

/**
 * The first keeps Chromium's own sandbox out of containers that do not allow it; the others keep it off the network.
 */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export interface BrowserPage extends AsyncDisposable {
  page: Page
  /** What the console said, and which requests failed or were answered with an error. */
  complaints: string[]
}

/** Shorter than the limit of a test, so that a test can fail by what a page lacks. */
const PATIENCE_MS = 90_000

// Its start takes longer than a test, so the tests of a file share it.
const browser = shared(() => chromium.launch({ executablePath: executablePath!, args, timeout: PATIENCE_MS }))

/** A phone, which lays pages out 980 px wide unless they say otherwise. */
export const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }

/** A page with cookies, storage and cache of its own. */
export async function openPage(url: string, device: BrowserContextOptions = {}): Promise<BrowserPage> {
  const context = await (await browser()).newContext(device)
  context.setDefaultTimeout(PATIENCE_MS)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(`console: ${message.text()}`))
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`))
  page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`))
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`)
  })
  await page.goto(url)
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() }
}
