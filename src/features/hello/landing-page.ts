// The page that a browser gets: what is running, where its documentation and its state are, and, on a developer's
// machine, what to do next. All links are relative, so the page also works behind a path prefix.

import type { Host } from '../../ports/feature.ts'

const LINKS = [
  { to: 'docs', name: 'API docs', about: 'Read about every operation, and try it out.' },
  { to: 'readiness', name: 'Health', about: 'Whether the service can handle requests.' },
  { to: 'metrics', name: 'Metrics', about: 'Measurements in the format of Prometheus.' },
  { to: 'info', name: 'Info', about: 'The release and its backing services.' },
] as const

const NEXT_STEPS = [
  ['npm run rename -- my-service', 'give the service its name'],
  ['npm run new -- orders', 'add a feature'],
  ['npm run delete -- hello', 'delete an example, such as this page'],
  ['cf push', 'deploy the service'],
]

type Shown = Pick<Host, 'release' | 'paths' | 'deployed'>

/** All but the number of visits is rendered once. */
export function createLandingPage(shown: Shown): (visits: number) => string {
  const [before, after] = renderAround(shown).split(VISITS)
  return (visits) => `${before}${visits === 1 ? '1 visit' : `${visits.toLocaleString('en')} visits`}${after}`
}

/** A placeholder; no name or version can contain it, because they are escaped. */
const VISITS = '<visits>'

function renderAround({ release: { name, version, commit }, paths, deployed }: Shown): string {
  const from = commit === 'unknown' ? '' : `, built from commit ${commit}`
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
    <nav aria-label="This service">
      ${renderLinks(paths)}
    </nav>${deployed ? '' : renderNextSteps()}
    <footer>${VISITS} so far</footer>
  </main>
</body>
</html>
`
}

function renderLinks(paths: Shown['paths']): string {
  const served = LINKS.filter(({ to }) => paths[to] !== undefined)
  const links = served.map(({ to, name, about }) => {
    return `<a href="${paths[to]}"><strong>${name}</strong><span>${about}</span></a>`
  })
  return links.join('\n      ')
}

function renderNextSteps(): string {
  const steps = NEXT_STEPS.map(([command, purpose]) => `<li><code>${command}</code><span>${purpose}</span></li>`)
  return `
    <h2>Next steps</h2>
    <ol>
      ${steps.join('\n      ')}
    </ol>`
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!)
