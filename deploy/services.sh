#!/bin/sh
# Creates the services that deploy/manifest.yml binds, in the space that cf targets. `npm run deliver -- staging
# --create-services` runs the lines of the services that are missing. Offerings and plans differ between platforms: look at
# `cf marketplace`, and change the defaults here or set the variables.
set -eu
APP="${APP:-$(node -p 'require("./package.json").name')}"

cf create-service "${DATABASE_OFFERING:-postgresql}" "${DATABASE_PLAN:-small}" "$APP-database" --wait
cf create-service "${CACHE_OFFERING:-redis}" "${CACHE_PLAN:-small}" "$APP-cache" --wait

# A service that this one calls, if UPSTREAM_CREDENTIALS names a JSON file such as {"uri": "https://host/path"}. In a
# file the credentials are neither in the list of processes nor in the shell's history.
[ -z "${UPSTREAM_CREDENTIALS:-}" ] || cf create-user-provided-service "$APP-upstream" -p "$UPSTREAM_CREDENTIALS"

# A log drain, such as syslog-tls://logs.example.com:6514. cf takes its address only as an argument: if it has a token,
# create the drain on a machine that no other user can log in to.
[ -z "${LOG_DRAIN_URL:-}" ] || cf create-user-provided-service "$APP-drain" -l "$LOG_DRAIN_URL"
