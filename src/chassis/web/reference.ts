// References within openapi.yaml, such as `#/components/parameters/Limit`.

/** @returns undefined where the document does not have it */
export function lookUp(document: object, reference: string): unknown {
  if (!reference.startsWith('#/')) return undefined
  const steps = reference.slice(2).split('/')
  return steps.reduce<unknown>(
    (value, step) => (value as Record<string, unknown> | undefined)?.[unescapeStep(step)],
    document,
  )
}

/** JSON Pointer (RFC 6901, 4). */
const unescapeStep = (step: string) => step.replaceAll('~1', '/').replaceAll('~0', '~')
