import { expect, test } from 'vitest'
import { contractOutputs, settingsOutputs } from '../scripts/generate/outputs.ts'

test.for([...(await contractOutputs()), ...(await settingsOutputs())])(
  '$file is what "npm run generate" would write',
  ({ current, wanted }) => {
    expect(current).toBe(wanted)
  },
)
