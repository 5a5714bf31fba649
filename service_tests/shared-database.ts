import type { Target } from './target.ts'

/** Whether every instance of the target sees what one of them stores. A process of its own is its only instance. */
export async function hasSharedDatabase({ api }: Target): Promise<boolean> {
  if (!process.env.TARGET_URL) return true
  const { data } = await api.GET('/info')
  return data?.resources.some(({ port, name }) => port === 'database' && name !== undefined) ?? false
}
