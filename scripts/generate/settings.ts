// Factor III, config: the settings as docs/settings.md and .env.example show them.

export interface SettingsGroup {
  title: string
  settings: Record<string, DescribedSetting>
}

/** The part of a Setting of src/chassis/config.ts that is shown. */
export interface DescribedSetting {
  doc: string
  fallback?: string
  required?: boolean
}

/**
 * The page with a table for each group between `<!-- settings -->` and `<!-- /settings -->`.
 *
 * @throws {Error} where it has no such marks, each alone on its line
 */
export function pageWithSettings(page: string, groups: SettingsGroup[]): string {
  const place = /(?<=^<!-- settings -->\n).*?(?=^<!-- \/settings -->$)/ms
  if (!place.test(page))
    throw new Error('docs/settings.md needs a line "<!-- settings -->" and a line "<!-- /settings -->".')
  return page.replace(place, () => ['', ...groups.filter(isUsed).map(settingsTable), ''].join('\n'))
}

/** An .env file that changes nothing: every setting is commented out, at its default. */
export const envExample = (groups: SettingsGroup[]): string =>
  [ENV_HEAD, ...groups.filter(isUsed).map(envGroup)].join('\n')

const ENV_HEAD = `# Every setting, with its default where it has one. Copy this file to .env, which "npm start" reads, and remove
# the # from what you change. Variables that Node itself reads, such as
# NODE_OPTIONS, have no effect here. On the platform, settings are variables of the app.
`

const isUsed = ({ settings }: SettingsGroup) => Object.keys(settings).length > 0

function settingsTable({ title, settings }: SettingsGroup): string {
  const rows = Object.entries(settings).map(([name, setting]) => [`\`${name}\``, renderDefault(setting), setting.doc])
  const table = [[title, 'Default', 'What it is'], ...rows].map((cells) => cells.map(escapeCell))
  const widths = [0, 1].map((column) => Math.max(...table.map((cells) => cells[column]!.length)))
  const lines = table.map((cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`)
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} | ---------- |`
  return [...lines.toSpliced(1, 0, rule), ''].join('\n')
}

function renderDefault({ fallback, required }: DescribedSetting): string {
  if (required && fallback === undefined) return 'required'
  return fallback ? `\`${fallback}\`` : ''
}

/** Escapes what would end a cell, or begin an HTML element. */
const escapeCell = (text: string) => text.replaceAll(/[|<]/g, '\\$&')

function envGroup({ title, settings }: SettingsGroup): string {
  const lines = Object.entries(settings).map(([name, { doc, fallback = '' }]) => `# ${doc}\n#${name}=${fallback}\n`)
  return [`# --- ${title} ---\n`, ...lines].join('\n')
}
