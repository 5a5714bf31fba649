import { expect, test } from 'vitest'
import { requireDisk } from '../../src/staging/droplet.ts'

const sizes = { app: 1, packages: 44, node: 201, total: 246 }

test('a disk quota below the unpacked droplet is a finding that names the figures', () => {
  const check = () => requireDisk(sizes, [{ type: 'web', diskMb: 64 }])

  expect(check).toThrow('246 MB unpacked: application 1, packages 44, Node 201. The disk_quota of "web" is 64 MB')
})

test('a disk quota with room for the droplet is accepted', () => {
  expect(() => requireDisk(sizes, [{ type: 'web', diskMb: 512 }])).not.toThrow()
})
