// Hello: a line of text for programs, a landing page for browsers, and static files by declaration.

import { Counter } from 'prom-client'
import { defineFeature } from '../../ports/feature.ts'
import { createGreeting, type Shown } from './greeting.ts'
import { createLandingPage } from './landing-page.ts'

export default defineFeature({
  name: 'hello',

  settings: {},

  start({ registry, paths, release, deployed, counter }) {
    const visits = new Counter({
      name: 'hello_visits_total',
      help: 'Visits to the greeting, by what was shown.',
      labelNames: ['shown'],
      registers: [registry],
    })
    const counts = { text: visits.labels('text'), page: visits.labels('page') }
    const everywhere = counter('visits')
    const render = createLandingPage({ release, paths, deployed })

    const visited = (shown: Shown) => {
      counts[shown].inc()
      everywhere.add()
    }
    return {
      routes: {
        'GET /': createGreeting(async () => render(await everywhere.total()), visited),
      },
      files: {
        'GET /assets/{file}': new URL('./assets/', import.meta.url),
      },
    }
  },
})
