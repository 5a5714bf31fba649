import { expect, test } from 'vitest'
import { readOutputs } from '../scripts/generate/outputs.ts'

test.for(await readOutputs())('$file is what "npm run generate" would write', ({ current, wanted }) => {
  expect(current).toBe(wanted)
})
