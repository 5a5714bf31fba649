// What Cloud Foundry does by default, in numbers. Operators may change them; the Node versions change with every release
// of the buildpack, so look there when a rehearsal and a push disagree (cloudfoundry/nodejs-buildpack, manifest.yml).

export const platform = {
  /** nodejs-buildpack 1.9.4, oldest first. */
  nodeVersions: ['22.22.3', '22.23.1', '24.15.0', '24.18.0'],
  /** What is taken where nothing is asked for. */
  defaultNode: '22.x',
  /** The names of long-term support lines that the buildpack knows in .nvmrc. */
  nodeLines: { iron: '20.x', jod: '22.x', '*': '22.x' } as Readonly<Record<string, string>>,

  /** Added behind those of .cfignore by the CLI, where no line brings them back; they count at any depth. */
  ignoredLines: [
    '.cfignore',
    '.DS_Store',
    '.git',
    '.gitignore',
    '.hg',
    '.svn',
    '_darcs',
    'manifest.yaml',
    'manifest.yml',
  ],
  maxUploadBytes: 1024 ** 3,

  userId: 2000,
  port: 8080,
  openFiles: 16_384,
  processes: 2048,
  memoryMb: 1024,
  diskMb: 1024,

  startTimeoutSeconds: 60,
  maxStartTimeoutSeconds: 180,
  startProbeMs: 2000,
  probeSeconds: 1,
  stopMs: 10_000,

  routerIdleSeconds: 90,
  routerAttempts: 3,
  /** The log is cut here, and at every line end. */
  maxLineBytes: 61_440,
  maxVariableBytes: 130 * 1024,
} as const

/** What a rehearsal does faster than the platform. */
export const shortened = {
  /** Liveness is probed every 30 s, readiness as the manifest says. */
  probeMs: 1000,
  /** For 5 s before SIGTERM, routers can make no new connection. */
  routerWindowMs: 1000,
  /** Routers keep idle connections for 90 s. Node's default is to close them after 5. */
  idleMs: 7000,
  /** A process that nobody asks anything has run for longer when the next push comes: until its first line, at most so. */
  settleMs: { least: 1000, most: 3000 },
} as const

/** What the buildpack sets at staging where nothing else does. */
export const buildpackDefaults = {
  NODE_ENV: 'production',
  NPM_CONFIG_PRODUCTION: 'true',
  NPM_CONFIG_LOGLEVEL: 'error',
  NODE_MODULES_CACHE: 'true',
  NODE_VERBOSE: 'false',
  WEB_MEMORY: '512',
  WEB_CONCURRENCY: '1',
} as const
