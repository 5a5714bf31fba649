import { expect, test } from 'vitest'
import { bindingSettings } from '../../src/chassis/bindings/settings.ts'
import { findMisspelled } from '../../src/chassis/misspelled-variables.ts'
import { features } from '../../src/features/index.ts'
import { settingsOf } from '../../src/main.ts'
import { createTestApp } from '../app.ts'

const settings = Object.keys({ ...settingsOf(features), ...bindingSettings })

test.each([
  ['PORTT', 'PORT'],
  ['PROT', 'PORT'],
  ['port', 'PORT'],
  ['LOGLEVEL', 'LOG_LEVEL'],
  ['LOG_LEVLE', 'LOG_LEVEL'],
  ['DATABSE_URL', 'DATABASE_URL'],
  ['DATABASE_URI', 'DATABASE_URL'],
  ['RATELIMITPERMINUTE', 'RATE_LIMIT_PER_MINUTE'],
  ['CORS_ORIGIN', 'CORS_ORIGINS'],
  ['SHUTDWON_SECOND', 'SHUTDOWN_SECONDS'],
])('%s looks like a misspelled %s', (variable, setting) => {
  expect(findMisspelled([variable], settings)).toEqual([{ variable, setting }])
})

test('of several settings that are close, the nearest is named', () => {
  expect(findMisspelled(['NOTES_MAX_BYTE'], ['NOTES_MIN_BYTES', 'NOTES_MAX_BYTES'])).toEqual([
    { variable: 'NOTES_MAX_BYTE', setting: 'NOTES_MAX_BYTES' },
  ])
})

test('a variable that is a setting is not misspelled, however close it is to another', () => {
  expect(findMisspelled(['NOTES_MAX', 'NOTES_MIN'], ['NOTES_MAX', 'NOTES_MIN'])).toEqual([])
})

const shell =
  'HOME HOST HOSTNAME HOSTTYPE PATH PWD OLDPWD USER LOGNAME MAIL SHELL SHLVL TERM LANG LC_ALL TZ TMPDIR EDITOR PAGER ' +
  'DISPLAY POST SORT SPORT REPORT EXPORT VERSIONS _ COLORTERM DBUS_SESSION_BUS_ADDRESS XDG_RUNTIME_DIR XDG_DATA_DIRS ' +
  'SSH_CONNECTION SSH_AUTH_SOCK LS_COLORS LESSOPEN NVM_DIR NVM_BIN'
const npm =
  'NODE NODE_ENV NODE_OPTIONS NODE_PATH NODE_VERSION YARN_VERSION INIT_CWD COLOR EDITOR npm_command npm_config_cache ' +
  'npm_config_loglevel npm_config_user_agent npm_execpath npm_lifecycle_event npm_lifecycle_script npm_node_execpath ' +
  'npm_package_name npm_package_version npm_package_json'
const cloudFoundry =
  'CF_INSTANCE_ADDR CF_INSTANCE_CERT CF_INSTANCE_GUID CF_INSTANCE_INDEX CF_INSTANCE_INTERNAL_IP CF_INSTANCE_IP ' +
  'CF_INSTANCE_KEY CF_INSTANCE_PORT CF_INSTANCE_PORTS CF_STACK CF_SYSTEM_CERT_PATH DEPS_DIR HOME INSTANCE_GUID ' +
  'INSTANCE_INDEX LANG MEMORY_LIMIT MEMORY_AVAILABLE PATH PORT PWD TMPDIR USER VCAP_APP_HOST VCAP_APP_PORT ' +
  'VCAP_APPLICATION VCAP_SERVICES VCAP_PLATFORM_OPTIONS VCAP_PLUGIN_STAGING WEB_MEMORY DATABASE_URL PROCESS_TYPE'
const heroku =
  'DATABASE_URL DYNO DYNO_RAM HEROKU_APP_DEFAULT_DOMAIN_NAME HEROKU_APP_ID HEROKU_APP_NAME HEROKU_DYNO_ID ' +
  'HEROKU_POSTGRESQL_COBALT_URL HEROKU_RELEASE_CREATED_AT HEROKU_RELEASE_VERSION HEROKU_SLUG_COMMIT ' +
  'HEROKU_SLUG_DESCRIPTION DATABASE_CONNECTION_POOL_URL REDIS_URL REDIS_TLS_URL REDISCLOUD_URL MEMCACHIER_SERVERS ' +
  'MEMCACHIER_USERNAME CLOUDAMQP_URL CLOUDAMQP_APIKEY PAPERTRAIL_API_TOKEN SOURCE_VERSION STACK WEB_CONCURRENCY ' +
  'WEB_MEMORY MEMORY_AVAILABLE PORT PS'
const kubernetes =
  'KUBERNETES_PORT KUBERNETES_PORT_443_TCP KUBERNETES_PORT_443_TCP_ADDR KUBERNETES_SERVICE_HOST ' +
  'KUBERNETES_SERVICE_PORT KUBERNETES_SERVICE_PORT_HTTPS REDIS_PORT REDIS_PORT_6379_TCP REDIS_SERVICE_HOST ' +
  'REDIS_SERVICE_PORT DATABASE_PORT DATABASE_SERVICE_HOST DATABASE_SERVICE_PORT CACHE_PORT CACHE_SERVICE_HOST ' +
  'CACHE_SERVICE_PORT BROKER_SERVICE_HOST UPSTREAM_SERVICE_HOST UPSTREAM_SERVICE_PORT WEB_PORT WEB_SERVICE_HOST ' +
  'MEMCACHED_PORT MEMCACHED_SERVICE_PORT HOSTNAME SERVICE_BINDING_ROOT POD_NAME POD_IP NODE_NAME'
const others =
  'DATABASE_URL_REPLICA REDIS_URL_2 PORT0 PORTS PORT_HTTP COMMIT_SHA GIT_COMMIT SOURCE_COMMIT APP_VERSION LOG_FORMAT ' +
  'LOG_FILE JAVA_HOME GOPATH CI GITHUB_SHA GITHUB_TOKEN RUNNER_TEMP HTTP_PROXY https_proxy NO_PROXY AWS_REGION ' +
  'POSTGRES_PASSWORD PGHOST PGPORT OTEL_EXPORTER_OTLP_ENDPOINT'

test.each(Object.entries({ shell, npm, cloudFoundry, heroku, kubernetes, others }))(
  'the environment of %s has nothing that looks misspelled',
  (_where, names) => {
    expect(findMisspelled(names.split(' '), settings)).toEqual([])
  },
)

test('misspelled variables are logged once, by name and without their values', async () => {
  const { lines } = await createTestApp({ env: { PORTT: 'secret 1', LOGLEVEL: 'secret 2', HOME: '/root' } })

  expect(lines().filter(({ level }) => level === 'warn')).toEqual([
    expect.objectContaining({
      misspelled: [
        { variable: 'PORTT', setting: 'PORT' },
        { variable: 'LOGLEVEL', setting: 'LOG_LEVEL' },
      ],
      message:
        'environment variables that are not settings: PORTT (did you mean PORT?), LOGLEVEL (did you mean LOG_LEVEL?)',
    }),
  ])
  expect(JSON.stringify(lines())).not.toContain('secret')
})

test('an ordinary environment is not warned of', async () => {
  const { lines } = await createTestApp({ env: { HOME: '/root', PATH: '/bin', NODE_ENV: 'production' } })

  expect(lines().filter(({ level }) => level === 'warn')).toEqual([])
})
