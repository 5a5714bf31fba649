// Whether a Redis is one to stay connected to. After a failover the old primary lives on as a replica: its connections
// stay open and reads still succeed, so only its error replies, or its role, show that the service must reconnect.

import type { Redis } from 'ioredis'

/** Whether Redis itself replied with this error. */
export const isReply = (error: unknown): boolean => error instanceof Error && error.name === 'ReplyError'

/** A script and a transaction quote the error of the command that failed in them. */
const WRONG_SERVER = /(?:^|: |-)(?:READONLY|MASTERDOWN|LOADING|NOREPLICAS|CLUSTERDOWN|MOVED|ASK) /

/** Whether Redis replied that another server should be used instead, or this one later. */
export const isWrongServer = (error: unknown): boolean => isReply(error) && WRONG_SERVER.test((error as Error).message)

export const SEVERAL_SHARDS =
  'It is a Redis Cluster of several shards, which is not supported: bind a Redis with one shard.'

/** @returns why the server can't be used; undefined where it can, or where its user is not allowed to find out */
export async function whyUnusable(redis: Redis): Promise<string | undefined> {
  const info = fieldsOf(await replyOf(redis.info()))
  if (info.loading === '1') return 'It is loading its data.'
  if (info.cluster_enabled === '1') {
    const cluster = fieldsOf(await replyOf(redis.cluster('INFO')))
    if (Number(cluster.cluster_size) > 1) return SEVERAL_SHARDS
    if (cluster.cluster_state === 'fail') return 'Its cluster is down.'
  }
  return roleProblem(info)
}

/** The same after connecting, when only the role changes; one short reply. */
export const whyNoLongerUsable = async (redis: Redis): Promise<string | undefined> =>
  roleProblem(fieldsOf(await replyOf(redis.info('replication'))))

function roleProblem({ role, slave_read_only }: Record<string, string>): string | undefined {
  return role === 'slave' && slave_read_only !== '0' ? 'It is a read-only replica.' : undefined
}

/** Empty where Redis refuses the command, as it may for users with few rights. */
async function replyOf(reply: Promise<unknown>): Promise<string> {
  return await reply.then(String, (error) => {
    if (isReply(error) && !isWrongServer(error)) return ''
    throw error
  })
}

const fieldsOf = (text: string): Record<string, string> =>
  Object.fromEntries(text.split(/\r?\n/).map((line) => line.split(/:(.*)/s, 2) as [string, string]))

/**
 * The name of a second key that one command uses beside the first. In cluster mode both have to be in one slot, which
 * the text in the first braces decides.
 */
export function besideKey(key: string, name: string): string {
  return /[{}]/.test(key) ? `${key}:${name}` : `{${key}}:${name}`
}
