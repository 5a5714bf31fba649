// The servers that are compared, from the barest to this service.

import { SERVICE } from './server-process.ts'

export type ContenderName = 'raw' | 'rawWithDuties' | 'expressBare' | 'fastifyWithDuties' | 'ours'

export interface Contender {
  title: string
  /** What the command of the Procfile runs. */
  program: string
  /** Whether it logs and counts its requests, as the service does. */
  duties: boolean
}

export const CONTENDERS: Record<ContenderName, Contender> = {
  raw: { title: 'raw node:http, no duties', program: 'scripts/bench/servers/raw.mjs', duties: false },
  rawWithDuties: {
    title: 'raw node:http, equal duties',
    program: 'scripts/bench/servers/raw-with-duties.ts',
    duties: true,
  },
  expressBare: { title: 'Express 5, no duties', program: 'scripts/bench/servers/express-bare.mjs', duties: false },
  fastifyWithDuties: {
    title: 'Fastify 5, tuned, equal duties',
    program: 'scripts/bench/servers/fastify-with-duties.ts',
    duties: true,
  },
  ours: { title: '**this service**', program: SERVICE, duties: true },
}
