// Single flight: concurrent calls for the same key share one promise.

export interface SingleFlight<Result> {
  /** A call in flight that began in this epoch. */
  find(key: string, epoch: number): Promise<Result> | undefined
  /** Keeps the call until it settles. */
  add(key: string, epoch: number, result: Promise<Result>): Promise<Result>
}

export function createSingleFlight<Result>(): SingleFlight<Result> {
  const flights = new Map<string, { epoch: number; result: Promise<Result> }>()

  return {
    find(key, epoch) {
      const flight = flights.get(key)
      return flight?.epoch === epoch ? flight.result : undefined
    },
    add(key, epoch, result) {
      const flight = { epoch, result }
      const land = () => {
        if (flights.get(key) === flight) flights.delete(key)
      }
      flights.set(key, flight)
      result.then(land, land)
      return result
    },
  }
}
