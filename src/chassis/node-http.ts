// Node's HTTP server without `import`: importing node:http as a module reads all its exports, and its WebSocket loads a
// whole HTTP client. That would cost 30 ms at start and 13 MB for something that a service never uses.

import type * as http from 'node:http'

export const { createServer, IncomingMessage, ServerResponse, STATUS_CODES }: typeof http =
  process.getBuiltinModule('node:http')
