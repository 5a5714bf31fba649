// `npm run dev` in a copy of the project: the service follows its sources.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { copyProject } from '../../scripts/change/project-copy.ts'

const root = join(import.meta.dirname, '../..')

test('the service restarts when a file is changed, replaced, or created in a new folder', async () => {
  await using dev = await openDev()

  await dev.prints(/listening/, () => writeFileSync(dev.path('src/main.ts'), `${dev.read('src/main.ts')}\n`))
  await dev.prints(/listening/, () => mkdirSync(dev.path('src/features/notes')))
  await dev.prints(/listening/, () => writeFileSync(dev.path('src/features/notes/page.ts'), 'export const size = 1\n'))
  await dev.prints(/listening/, () => {
    writeFileSync(dev.path('saved.yaml'), dev.read('openapi.yaml'))
    renameSync(dev.path('saved.yaml'), dev.path('openapi.yaml'))
  })
})

test('a service that ends by itself is reported, and started again once a file changes', async () => {
  await using dev = await openDev()
  const main = dev.read('src/main.ts')

  await dev.prints(/The service ended with exit code 1\. It starts again when a file changes\./, () =>
    writeFileSync(dev.path('src/main.ts'), 'const = 1\n'),
  )
  await dev.prints(/listening/, () => writeFileSync(dev.path('src/main.ts'), main))
})

test('SIGTERM ends the service and its watcher', async () => {
  await using dev = await openDev()

  dev.child.kill('SIGTERM')

  expect(await dev.exited).toEqual([0, null])
  expect(dev.output()).toContain('stopped')
})

/** Once the service listens. */
async function openDev() {
  const copy = copyProject(root)
  const { HOME, PATH } = process.env
  const env = { HOME, PATH, PORT: '0', DRAIN_SECONDS: '0', DATA_DIR: join(copy.root, 'data') }
  const child = spawn(process.execPath, ['scripts/dev.ts'], { cwd: copy.root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = once(child, 'exit')
  let printed = ''
  let onPrint = () => {}
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text
      onPrint()
    })
  }

  const dev = {
    child,
    exited,
    output: () => printed,
    path: (file: string) => join(copy.root, file),
    read: (file: string) => readFileSync(join(copy.root, file), 'utf8'),
    /** Settles when something like this is printed after the step. */
    async prints(pattern: RegExp, step: () => void) {
      const before = printed.length
      const { promise, resolve } = Promise.withResolvers<void>()
      onPrint = () => pattern.test(printed.slice(before)) && resolve()
      step()
      await Promise.race([promise, exited.then(() => Promise.reject(new Error(`It ended:\n${printed}`)))])
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await exited
      copy[Symbol.dispose]()
    },
  }
  await dev.prints(/listening/, () => {})
  return dev
}
