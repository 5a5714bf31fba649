// How long each measurement takes. Only the full plan has reliable verdicts; the quick one shows that everything works.

export interface Plan {
  /** Every server gets every workload once a round; a first round warms up and doesn't count. */
  rounds: number
  roundSeconds: number
  /** How many processes of each kind are started, to measure how fast they answer. */
  starts: number
  fullSpeedSeconds: number
  stalledSeconds: number
  /** For each workload. */
  containerSeconds: number
  /** For each function that is measured in process. */
  inProcessMs: number
}

export const FULL: Plan = {
  rounds: 9,
  roundSeconds: 1,
  starts: 7,
  fullSpeedSeconds: 60,
  stalledSeconds: 60,
  containerSeconds: 3,
  inProcessMs: 1500,
}

export const QUICK: Plan = {
  rounds: 1,
  roundSeconds: 1,
  starts: 3,
  fullSpeedSeconds: 3,
  stalledSeconds: 3,
  containerSeconds: 1,
  inProcessMs: 150,
}
