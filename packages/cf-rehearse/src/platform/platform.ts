// The defaults of Cloud Foundry. Operators may change them. The Node versions change with every release of the
// buildpack, so compare them if a rehearsal and a push disagree (cloudfoundry/nodejs-buildpack, manifest.yml).

export const platform = {
  /** nodejs-buildpack 1.9.4, oldest first. */
  nodeVersions: ['22.22.3', '22.23.1', '24.15.0', '24.18.0'],
  /** Used if engines.node is missing. */
  defaultNode: '22.x',
  /** The names of long-term support lines that the buildpack knows in .nvmrc. */
  nodeLines: { iron: '20.x', jod: '22.x', '*': '22.x' } as Readonly<Record<string, string>>,

  /** The CLI appends these lines to .cfignore, so no line of .cfignore overrides them. They match at any depth. */
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
  /** The folder of Node in a droplet, with its headers and npm (24.18.0). */
  nodeFolderMb: 201,
  maxInstances: 2_000_000,

  startTimeoutSeconds: 60,
  maxStartTimeoutSeconds: 180,
  startProbeMs: 2000,
  probeSeconds: 1,
  stopMs: 10_000,

  routerIdleSeconds: 90,
  /** At most as many as there are instances. */
  routerAttempts: 3,
  /** The router leaves out an instance that could not be reached, or that reset a connection. */
  routerLeftOutSeconds: 30,
  /** The platform splits longer lines of the log. */
  maxLineBytes: 61_440,
  maxVariableBytes: 130 * 1024,
} as const

/** Where a rehearsal is faster than the platform. */
export const shortened = {
  /** Liveness is probed every 30 s, readiness as the manifest says. */
  probeMs: 1000,
  /** Routers open no new connections for 5 s before SIGTERM. */
  routerWindowMs: 1000,
  /** Routers keep idle connections for 90 s. By default, Node closes them after 5 s. */
  idleMs: 7000,
  /** A process without health checks counts as started when it prints its first line, or after this time. */
  settleMs: { least: 1000, most: 3000 },
} as const

/** Variables that the buildpack sets at staging, unless the manifest does. */
export const buildpackDefaults = {
  NODE_ENV: 'production',
  NPM_CONFIG_PRODUCTION: 'true',
  NPM_CONFIG_LOGLEVEL: 'error',
  NODE_MODULES_CACHE: 'true',
  NODE_VERBOSE: 'false',
  WEB_MEMORY: '512',
  WEB_CONCURRENCY: '1',
} as const
