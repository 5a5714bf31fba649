// Calls that are on their way, so that whoever asks for the same at the same time waits for the same answer.

export interface Flights<Result> {
  /** What is on its way since the last time that something was forgotten. */
  find(key: string, epoch: number): Promise<Result> | undefined
  /** Remembers it until it has settled. */
  add(key: string, epoch: number, result: Promise<Result>): Promise<Result>
}

export function createFlights<Result>(): Flights<Result> {
  const flights = new Map<string, { epoch: number; result: Promise<Result> }>()

  return {
    find(key, epoch) {
      const flying = flights.get(key)
      return flying?.epoch === epoch ? flying.result : undefined
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
