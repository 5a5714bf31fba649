// The key filter: returns the members of a JSON object whose key starts with "a", exactly as received.

import { defineFeature } from '../../ports/feature.ts'
import { filter } from './handler.ts'

export default defineFeature({
  name: 'key-filter',

  settings: {},

  start() {
    return {
      routes: {
        'POST /': filter,
      },
    }
  },
})
