// Lists the bound services. Platforms describe them in one of three documents. Korifi writes two documents about the same
// bindings, so names that an earlier document contains are skipped.

import type { BoundService } from './bound-service.ts'
import { readDocument, readDocumentFile } from './documents.ts'
import { createComplaints } from './error.ts'
import { readFolders } from './folders.ts'

/**
 * Reads `VCAP_SERVICES`, `VCAP_SERVICES_FILE_PATH` and `SERVICE_BINDING_ROOT`.
 *
 * @throws {BindingsError} if one of them is set but invalid; it is never skipped
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
  const listed: BoundService[] = []
  for (const document of documents) listed.push(...unlessListed(listed, document || []))
  return listed
}

const unlessListed = (listed: BoundService[], services: BoundService[]) =>
  services.filter(({ name }) => !listed.some((service) => service.name === name))
