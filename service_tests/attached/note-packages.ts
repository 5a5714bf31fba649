// Is loaded before a service: notes the packages of all modules, imported or required, until the process ends.

import { writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

const packages = new Set<string>()

registerHooks({
  load(url, context, nextLoad) {
    const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1]
    if (name) packages.add(name)
    return nextLoad(url, context)
  },
})

process.once('exit', () => writeFileSync(process.env.LOADED_PACKAGES_FILE!, JSON.stringify([...packages].sort())))
