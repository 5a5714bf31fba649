// hello answers the cheapest GET, by which the servers are compared.

import type { FeatureBenchmark } from '../../feature-benchmark.ts'

export default { baseline: { path: '/', body: 'Hello world\n' } } satisfies FeatureBenchmark
