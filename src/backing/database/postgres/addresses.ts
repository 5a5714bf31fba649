// Parameters of an address that lead to hosts. The client library would take a list of hosts for the name of one.

import type { Bindings } from '../../../ports/bindings.ts'

/** Of an address with `?host=a,b&port=1,2`, as libpq takes it, one for each host. */
export function addressesOf(address: string): string[] {
  const { searchParams } = new URL(address)
  const hosts = searchParams.get('host')?.split(',') ?? []
  const ports = searchParams.get('port')?.split(',') ?? []
  if (hosts.length < 2 && ports.length < 2) return [address]
  return hosts.map((host, index) => {
    const url = new URL(address)
    url.searchParams.set('host', host)
    const port = ports.length > 1 ? ports[index] : ports[0]
    if (port) url.searchParams.set('port', port)
    return url.href
  })
}

/** Complaints about parameters that can't be respected. */
export function addressComplaints(bindings: Bindings): string[] {
  const binding = bindings.of('database')
  if (!binding || binding.urls[0]!.startsWith('sqlite:')) return []
  const complaints = binding.urls.flatMap((url) => {
    const { searchParams } = new URL(url)
    const attributes = searchParams.get('target_session_attrs')
    return [
      !WRITABLE.includes(attributes ?? 'any') &&
        `${binding.name} must not set target_session_attrs to ${NOT_WRITABLE.find((known) => known === attributes) ?? 'this value'}: the service writes, so leave it out, or set read-write`,
      searchParams.has('hostaddr') && `${binding.name} must not set hostaddr: name the address as the host`,
      hasUnequalLists(searchParams) && `${binding.name} must list one port, or as many as hosts`,
    ].filter((complaint) => complaint !== false)
  })
  return [...new Set(complaints)]
}

/** Of a cluster, only a host that can be written to is used. */
const WRITABLE = ['any', 'read-write', 'primary']

const NOT_WRITABLE = ['read-only', 'standby', 'prefer-standby']

function hasUnequalLists(parameters: URLSearchParams): boolean {
  const [hosts, ports] = ['host', 'port'].map((name) => parameters.get(name)?.split(',').length ?? 0)
  return ports! > 1 && ports !== hosts
}
