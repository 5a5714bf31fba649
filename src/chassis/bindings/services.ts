// Which services are bound. A platform tells it in one of three documents; Korifi writes two of them about the same
// bindings, so a name that an earlier document has told is not told again.

import type { BoundService } from './bound-service.ts'
import { readDocument, readDocumentFile } from './documents.ts'
import { createComplaints } from './error.ts'
import { readFolders } from './folders.ts'

/**
 * Reads `VCAP_SERVICES`, `VCAP_SERVICES_FILE_PATH` and `SERVICE_BINDING_ROOT`.
 *
 * @throws {BindingsError} where one of them is set but cannot be understood: it is never passed over.
 */
export function readServices(env: NodeJS.ProcessEnv): BoundService[] {
  const { gather, settle } = createComplaints()
  const { VCAP_SERVICES: json, VCAP_SERVICES_FILE_PATH: path, SERVICE_BINDING_ROOT: root } = env
  const documents = [
    json && gather(() => readDocument('VCAP_SERVICES', json)),
    path && gather(() => readDocumentFile('VCAP_SERVICES_FILE_PATH', path)),
    root && gather(() => readFolders('SERVICE_BINDING_ROOT', root)),
  ]
  settle()
  const told: BoundService[] = []
  for (const document of documents) told.push(...unlessTold(told, document || []))
  return told
}

const unlessTold = (told: BoundService[], services: BoundService[]) =>
  services.filter(({ name }) => !told.some((service) => service.name === name))
