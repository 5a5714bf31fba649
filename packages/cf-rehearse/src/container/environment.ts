// The environment that the platform gives to a process. It contains nothing else.

import type { ProcessPlan, PushPlan } from '../manifest/push-plan.ts'
import { buildpackDefaults, platform } from '../platform/platform.ts'

/** Bound services by label, as in VCAP_SERVICES. */
export type Bindings = Record<string, { name: string; tags: string[]; credentials: object }[]>

export interface InstanceFacts {
  guid: string
  index: number
  /** Of the container. */
  address: string
  port: number
  /** Changes with each push. */
  version: string
  home: string
  tmp: string
  deps: string
  bindings?: Bindings | undefined
  /** The file of the bindings, if they are provided as a file. */
  bindingsFile?: string | undefined
  /** A task has no port and no index. */
  isTask?: boolean | undefined
}

export const stagingEnvironment = ({ app, env, processes }: PushPlan, folder: string): Record<string, string> => {
  const web = processes.find(({ type }) => type === 'web')!
  return {
    ...buildpackDefaults,
    ...env,
    LANG: 'en_US.UTF-8',
    USER: 'vcap',
    CF_STACK: 'cflinuxfs4',
    DEPS_DIR: `${folder}/staging/deps`,
    MEMORY_LIMIT: `${web.memoryMb}m`,
    VCAP_APPLICATION: JSON.stringify({ ...describeApplication(app.name, web), application_version: 'staging' }),
    VCAP_SERVICES: '{}',
  }
}

export function launchEnvironment(plan: PushPlan, process: ProcessPlan, facts: InstanceFacts): Record<string, string> {
  const { guid, index, address, version, home, tmp, deps, bindings, bindingsFile, isTask } = facts
  const described = { ...describeApplication(plan.app.name, process, isTask), application_version: version, version }
  const port = String(facts.port)
  const databaseUrl = findDatabaseUrl(bindings)
  return {
    ...plan.env,
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LANG: 'en_US.UTF-8',
    USER: 'vcap',
    HOME: home,
    TMPDIR: tmp,
    DEPS_DIR: deps,
    MEMORY_LIMIT: `${process.memoryMb}m`,
    CF_INSTANCE_GUID: guid,
    INSTANCE_GUID: guid,
    CF_INSTANCE_IP: address,
    CF_INSTANCE_INTERNAL_IP: address,
    CF_SYSTEM_CERT_PATH: '/etc/cf-system-certificates',
    VCAP_APPLICATION: JSON.stringify(
      isTask
        ? described
        : { ...described, host: '0.0.0.0', port: facts.port, instance_id: guid, instance_index: index },
    ),
    ...(bindingsFile ? { VCAP_SERVICES_FILE_PATH: bindingsFile } : { VCAP_SERVICES: JSON.stringify(bindings ?? {}) }),
    ...(databaseUrl && { DATABASE_URL: databaseUrl }),
    ...(!isTask && {
      PORT: port,
      VCAP_APP_PORT: port,
      VCAP_APP_HOST: '0.0.0.0',
      CF_INSTANCE_INDEX: String(index),
      INSTANCE_INDEX: String(index),
      CF_INSTANCE_PORT: port,
      CF_INSTANCE_ADDR: `${address}:${port}`,
      CF_INSTANCE_PORTS: JSON.stringify([{ external: facts.port, internal: facts.port }]),
    }),
  }
}

function describeApplication(name: string, { type, memoryMb, diskMb }: ProcessPlan, isTask = false) {
  const uris = [`${name}.example.com`]
  const id = '6f7e1f3c-0000-4000-8000-000000000001'
  return {
    application_id: id,
    application_name: name,
    application_uris: uris,
    cf_api: 'https://api.example.com',
    limits: { fds: platform.openFiles, mem: memoryMb, disk: diskMb },
    name,
    organization_id: '6f7e1f3c-0000-4000-8000-000000000002',
    organization_name: 'rehearsal',
    ...(isTask ? { users: null } : { process_id: id, process_type: type }),
    space_id: '6f7e1f3c-0000-4000-8000-000000000003',
    space_name: 'rehearsal',
    uris,
  }
}

/** The platform sets DATABASE_URL to the first database address, with a scheme that Rails knows. */
function findDatabaseUrl(bindings: Bindings = {}): string | undefined {
  const addresses = Object.values(bindings)
    .flat()
    .map(({ credentials }) => String((credentials as { uri?: string }).uri ?? ''))
  return addresses
    .find((uri) => /^(mysql2?|postgres(ql)?):/.test(uri))
    ?.replace(/^mysql:/, 'mysql2:')
    .replace(/^postgresql:/, 'postgres:')
}
