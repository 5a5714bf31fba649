// Hello: a line of text for programs, a landing page for people, and static files by declaration.

import { Counter } from 'prom-client'
import { defineFeature } from '../../ports.ts'
import { createGreeting } from './greeting.ts'
import { renderLandingPage } from './landing-page.ts'

export default defineFeature({
  name: 'hello',

  settings: {},

  start({ metrics, metricsPath, release }) {
    const visits = new Counter({
      name: 'hello_visits_total',
      help: 'Visits of the greeting, by what was shown.',
      labelNames: ['shown'],
      registers: [metrics],
    })
    const counts = { text: visits.labels('text'), page: visits.labels('page') }
    return {
      routes: {
        'GET /': createGreeting(renderLandingPage(release, metricsPath !== undefined), (shown) => counts[shown].inc()),
      },
      files: {
        'GET /assets/{file}': new URL('./assets/', import.meta.url),
      },
    }
  },
})
