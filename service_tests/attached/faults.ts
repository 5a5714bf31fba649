// What happens to attached resources, and how it comes to its end.

import type { PrivateServer } from 'private-servers/private-server'

export interface Fault {
  begin(server: PrivateServer): Promise<void>
  end(server: PrivateServer): Promise<void>
}

/** Named so that "a server that …" makes a sentence. */
export const faults: [name: string, fault: Fault][] = [
  ['is killed', { begin: (server) => server.kill(), end: (server) => server.restart() }],
  ['freezes', { begin: (server) => server.freeze(), end: async (server) => server.thaw() }],
  ['shuts down', { begin: (server) => server.stop(), end: (server) => server.restart() }],
]
