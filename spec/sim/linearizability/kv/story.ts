import { operationNamed } from '../../../../examples/kv/commands.ts'
import { alike } from './alike.ts'
import type { KvOperation, Value } from './operation.ts'
import { originsOf } from './origins.ts'
import { provenBy } from './pins.ts'

const textMax = 48
const besideMax = 12
const earlierMax = 5

/** A value as it is shown: quoted, cut when long (its end tells more than its middle), `absent` for null. */
export function show(value: Value): string {
  if (value === null) return 'absent'
  if (value.length <= textMax) return JSON.stringify(value)
  return `${JSON.stringify(value.slice(0, 16))}...${JSON.stringify(value.slice(-24))} (${value.length} characters)`
}

function answerOf(op: KvOperation): string {
  if (op.end === null) return 'unknown'
  if (!('result' in op)) return 'ok'
  const { result } = op
  if (typeof result === 'string') return show(result)
  if (result !== null) return String(result)
  return operationNamed(op.op).definition.result.is(null) ? show(null) : 'refused'
}

/** An operation in a line: who, what, with which answer, and when in ms after `origin`. */
export function describe(op: KvOperation, origin: bigint): string {
  const args =
    'args' in op
      ? [op.args]
          .flat()
          .map(each => (typeof each === 'number' ? each : show(each)))
          .join(' ')
      : ''
  const at = (time: bigint | null): string => (time === null ? '?' : (Number(time - origin) / 1e6).toFixed(3))
  const what = `${op.op} ${args}`.trim()
  return `client ${op.client}: ${what} -> ${answerOf(op)}  [${at(op.start)} .. ${at(op.end)} ms]`
}

/** What was asked about the key's value, if the answer names one. */
function observed(op: KvOperation): Value {
  const known = alike(op)
  return known === undefined ? null : provenBy(known)
}

/** The story of a violation, in lines: the operation, what the value can have been, and what happened around it. */
export function storyOf(
  at: { readonly operation: KvOperation; readonly before: readonly Value[]; readonly exact: boolean },
  ofKey: readonly KvOperation[],
  origin: bigint,
): string[] {
  const { operation, before, exact } = at
  const { start, end } = operation
  const value = observed(operation)
  const writers =
    value === null
      ? []
      : originsOf(ofKey.flatMap(op => alike(op) ?? []))
          .of(value)
          .map(found => found.op)
  const others = ofKey.filter(op => op !== operation && op.start <= end!)
  const beside = others.filter(op => op.end !== null && op.end >= start).slice(0, besideMax)
  const earlier = others
    .filter(op => op.end !== null && op.end < start)
    .sort((a, b) => Number(a.end! - b.end!))
    .slice(-earlierMax)
  const around = [...new Set([...writers.slice(0, earlierMax), ...earlier, ...beside, operation])]
  const unknown = others.filter(op => op.end === null && !around.includes(op)).length
  return [
    `key ${JSON.stringify(operation.key)}: no order of its operations explains`,
    `  ${describe(operation, origin)}`,
    ...(exact ? [] : ['it may show earlier: the budget was too small to say']),
    ...(before.length > 0 ? [`before it, the value could be ${before.map(show).join(' or ')}`] : []),
    ...(value !== null && writers.length === 0 ? [`no operation can have produced ${show(value)}`] : []),
    'around it, by start:',
    ...around
      .sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))
      .map(op => `${op === operation ? '> ' : '  '}${describe(op, origin)}`),
    ...(unknown > 0 ? [`  and ${unknown} earlier ones with an unknown outcome`] : []),
  ]
}
