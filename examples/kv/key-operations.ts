/**
 * Operations on one key, as a history tells of them: workloads record them, and the checker of linearizability judges them key
 * by key. An operation belongs here if its first argument is a key, no other is, and its answer is no list.
 */
import type { Argument, ArgumentKind, ArgumentValue } from './arguments.ts'
import { type AskedOp, askedOps, operationNamed, type TypesOf } from './commands.ts'
import { done, list, type ResultKind } from './results.ts'

type OneKey = readonly [{ readonly kind: 'key' }, ...{ readonly kind: Exclude<ArgumentKind, 'key' | 'prefix'> }[]]
export type KeyOp = {
  [K in AskedOp]: TypesOf<K>['args'] extends OneKey
    ? TypesOf<K>['value'] extends string | number | boolean | null
      ? K
      : never
    : never
}[AskedOp]

const isKey = ({ kind }: Argument): boolean => kind === 'key' || kind === 'prefix'
/** In the order of their numbers. */
export const keyOps: readonly KeyOp[] = askedOps.filter((op): op is KeyOp => {
  const { args, result } = operationNamed(op).definition
  return args[0]?.kind === 'key' && args.filter(isKey).length === 1 && result !== (list as ResultKind)
})
export const isKeyOp = (op: unknown): op is KeyOp => (keyOps as readonly unknown[]).includes(op)

/** The arguments beside the key: left out when there are none, itself when there is one, a list when there are more. */
type Args<Values extends readonly unknown[]> = Values extends readonly [unknown, ...infer Rest]
  ? Rest extends readonly []
    ? unknown
    : Rest extends readonly [infer Only]
      ? { readonly args: Only }
      : { readonly args: Readonly<Rest> }
  : never
/** The answer: left out when it says nothing. A number may be null: the operation was refused. */
type Result<Value> = [Value] extends [null]
  ? unknown
  : { readonly result: [Value] extends [number] ? number | null : Value }

/** What a history tells of one operation: `{ op: 'cas', args: ['old', 'new'], result: true }`. */
export type Told<K extends KeyOp> = { readonly op: K } & Args<TypesOf<K>['values']> & Result<TypesOf<K>['value']>
export type AnyTold = { readonly [K in KeyOp]: Told<K> }[KeyOp]

/** @param args the arguments beside the key; `result` undefined: unknown, or refused */
export function told(op: KeyOp, args: readonly ArgumentValue[], result: unknown): AnyTold {
  const kind = operationNamed(op).definition.result
  const nothing = kind.is(false) ? false : null
  return {
    op,
    ...(args.length > 0 && { args: args.length === 1 ? args[0] : args }),
    ...(tells(op) && { result: kind.is(result) ? result : nothing }),
  } as AnyTold
}

/** Whether the answer of an operation says anything but that it is done. */
export const tells = (op: KeyOp): boolean => operationNamed(op).definition.result !== (done as ResultKind)

/** The arguments beside the key, of an operation that was told. */
export const argsOf = ({ op, ...more }: AnyTold): readonly ArgumentValue[] => {
  const { length } = operationNamed(op).definition.args
  const { args } = more as { args?: ArgumentValue | readonly ArgumentValue[] }
  if (length === 1) return []
  return length === 2 ? [args as ArgumentValue] : (args as readonly ArgumentValue[])
}
