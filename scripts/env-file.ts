// `node --import ./scripts/env-file.ts …`: reads settings from .env where there is one. Variables of the environment
// come first. Node's own --env-file-if-exists prints a line at every start without the file.

import { existsSync } from 'node:fs'

if (existsSync('.env')) process.loadEnvFile('.env')
