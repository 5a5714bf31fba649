// What a browser sees first: what runs here, and where to go next. All links are relative, so the page also works
// behind a path prefix.

import type { Release } from '../../ports.ts'

const LINKS = [
  { href: 'docs/', name: 'API docs', about: 'Every operation, to read and to try out.' },
  { href: 'health/ready', name: 'Health', about: 'Whether the service can do its work.' },
  { href: 'metrics', name: 'Metrics', about: 'What Prometheus reads.' },
  { href: 'info', name: 'Info', about: 'What runs, and what is bound to it.' },
]

const NEXT_STEPS = [
  ['npm run rename -- my-service', 'make it yours'],
  ['npm run delete -- hello', 'delete the examples that you don’t need'],
  ['npm run new -- orders', 'lay down a feature of your own'],
  ['cf push', 'deploy it'],
]

/**
 * All but the number of visits is rendered once.
 *
 * @param hasMetrics whether they are on this port
 */
export function createLandingPage(release: Release, hasMetrics: boolean): (visits: number) => string {
  const [before, after] = renderAround(release, hasMetrics).split(VISITS)
  return (visits) => `${before}${visits === 1 ? '1 visit' : `${visits.toLocaleString('en')} visits`}${after}`
}

/** Stands where the visits will; no name or version can hold it, since they are escaped. */
const VISITS = '<visits>'

function renderAround({ name, version, commit }: Release, hasMetrics: boolean): string {
  const links = hasMetrics ? LINKS : LINKS.filter(({ href }) => href !== 'metrics')
  const from = commit === 'unknown' ? '' : `, made from commit ${commit}`
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${escapeHtml(name)}</title>
  <link rel="icon" href="assets/logo.svg" type="image/svg+xml">
  <link rel="stylesheet" href="assets/style.css">
</head>
<body>
  <main>
    <img class="logo" src="assets/logo.svg" alt="" width="72" height="72">
    <h1>Hello world</h1>
    <p class="release">This is <strong>${escapeHtml(name)}</strong> ${escapeHtml(version)}${escapeHtml(from)}.</p>
    <nav aria-label="What this service offers">
      ${links.map(({ href, name, about }) => `<a href="${href}"><strong>${name}</strong><span>${about}</span></a>`).join('\n      ')}
    </nav>
    <h2>Next steps</h2>
    <ol>
      ${NEXT_STEPS.map(([command, what]) => `<li><code>${command}</code><span>${what}</span></li>`).join('\n      ')}
    </ol>
    <footer>${VISITS} so far</footer>
  </main>
</body>
</html>
`
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!)
