// Node's HTTP server, not by `import`: importing node:http as a module reads all its exports, its WebSocket among them,
// which loads a whole HTTP client. That is 30 ms of the start and 13 MB, of which a service never needs anything.

import type * as http from 'node:http'

export const { createServer, IncomingMessage, ServerResponse, STATUS_CODES }: typeof http =
  process.getBuiltinModule('node:http')
