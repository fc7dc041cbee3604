import fc from 'fast-check'
import type { Argument, ArgumentKind, ArgumentValue } from '../../../../examples/kv/arguments.ts'
import { type KvCommand, type NamedOperation, operations } from '../../../../examples/kv/commands.ts'

const anyValue: Readonly<Record<ArgumentKind, fc.Arbitrary<ArgumentValue>>> = {
  key: fc.constantFrom('a', 'b', 'c'),
  prefix: fc.constantFrom('', 'a'),
  text: fc.oneof(fc.constantFrom('1', '7', 'x'), fc.string({ maxLength: 5, unit: 'grapheme' })),
  integer: fc.integer(),
  milliseconds: fc.integer({ min: 1, max: 9 }),
  count: fc.integer({ min: 1, max: 3 }),
  bytesMax: fc.constantFrom(1, 20, 1_000_000),
}
const valueFor = ({ kind, orNull }: Argument): fc.Arbitrary<ArgumentValue> =>
  orNull === undefined ? anyValue[kind] : fc.option(anyValue[kind], { nil: null })

/** Any command of one operation, on few keys. */
export const commandFor = ({ make, definition }: NamedOperation): fc.Arbitrary<KvCommand> =>
  fc.tuple(...definition.args.map(valueFor)).map(values => make(...(values as never)) as KvCommand)

/** The operations that replicas execute. */
export const executed = operations.filter(({ definition }) => 'apply' in definition)
/** Any command that replicas execute. */
export const anyCommand = fc.oneof(...executed.map(commandFor))
