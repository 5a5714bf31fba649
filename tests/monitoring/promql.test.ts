import { expect, test } from 'vitest'
import { groupingsOf, selectorsOf } from './promql.ts'

test.each([
  ['a metric alone', 'up', ['up']],
  ['a metric with labels', 'up{job="a",x!~"}.*("}[5m] offset 5m', ['up']],
  ['both sides of an operator', 'a_total / on (job) group_left (version) b_total', ['a_total', 'b_total']],
  ['what a function is given', 'time() - last_run_seconds > 1800', ['last_run_seconds']],
  ['the parts of a histogram', 'histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m])))', ['x_bucket']],
  ['an aggregation with its labels at the end', 'sum(rate(x_count[1h:5m])) by (job, le)', ['x_count']],
  ['sets', 'a == bool 1 and b unless c or d', ['a', 'b', 'c', 'd']],
  ['a variable of the dashboard in labels and ranges', 'rate(x{job="$job"}[$__rate_interval])', ['x']],
  ['numbers with exponents, and comments', 'x > 1e9 # or y', ['x']],
])('an expression yields %s', (_what, expression, names) => {
  expect(selectorsOf(expression).map(({ name }) => name)).toEqual(names)
})

test('the labels of the matchers of a metric are found', () => {
  expect(selectorsOf('sum by (z) (x{a="1", b=~"c|d"}) > y')).toEqual([
    { name: 'x', labels: ['a', 'b'] },
    { name: 'y', labels: [] },
  ])
})

test('a bracket that is not closed is refused', () => {
  expect(() => selectorsOf('x{a="1"')).toThrow('There is no }')
})

test('what an expression groups by is found', () => {
  expect(groupingsOf('sum by (job, le) (rate(a_bucket[5m])) / on (job) sum by(job) (b)')).toEqual(['job', 'le', 'job'])
})
