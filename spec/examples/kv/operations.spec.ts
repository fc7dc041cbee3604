import { expect } from 'chai'
import fc from 'fast-check'
import { checkCommand, operations } from '../../../examples/kv/commands.ts'
import { onlyReads, operation, readsKey, writesKey } from '../../../examples/kv/operation.ts'
import { answer, done, ok, valueOrAbsent } from '../../../examples/kv/results.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { defaultKvLimits, KvCommandError } from '../../../examples/kv/validation.ts'
import { conflict } from '../../../machines/protocol/commands.ts'
import { digestOfState } from '../../support/states.ts'
import { anyCommand, commandFor, executed } from './support/any-command.ts'

describe('operations of the key-value store', () => {
  it('have numbers of their own, which are stored and sent: they stay for ever', () => {
    const numbers = Object.fromEntries(operations.map(({ name, definition }) => [name, definition.number]))
    expect(numbers).to.include({ put: 1, get: 2, del: 3, cas: 4, append: 5, incr: 6, keys: 7 })
    expect(numbers).to.include({ putFor: 8, putUntil: 9, expire: 10 })
    expect(new Set(Object.values(numbers)).size).to.equal(operations.length)
  })

  for (const named of executed) {
    const { name, definition } = named

    it(`${name}: its commands are taken, and answered by its kind of result or refused`, () => {
      fc.assert(
        fc.property(fc.array(anyCommand, { maxLength: 8 }), commandFor(named), (before, command) => {
          const store = createKvStateMachine()
          for (const each of before) store.apply(each)
          expect(checkCommand(command, defaultKvLimits).name).to.equal(name)
          const unchanged = digestOfState(store)
          const result = store.apply(command)
          if (result.ok) expect(definition.result.is(result.value), JSON.stringify(result)).to.equal(true)
          if (onlyReads(definition) || !result.ok) expect(digestOfState(store)).to.eql(unchanged)
        }),
      )
    })

    it(`${name}: commutes with every command that its footprint does not meet`, () => {
      fc.assert(
        fc.property(fc.array(anyCommand, { maxLength: 8 }), commandFor(named), anyCommand, (before, a, b) => {
          const [one, other] = [createKvStateMachine(), createKvStateMachine()]
          fc.pre(!conflict(one.footprint(a), one.footprint(b)))
          for (const command of before) for (const store of [one, other]) store.apply(command)
          const first = [one.apply(a), one.apply(b)]
          const second = [other.apply(b), other.apply(a)].reverse()
          expect(first).to.eql(second)
          expect(digestOfState(one)).to.equal(digestOfState(other))
        }),
      )
    })

    it(`${name}: refuses a command with one argument less, or more, or of another kind`, () => {
      fc.assert(
        fc.property(commandFor(named), (command: readonly unknown[]) => {
          for (const wrong of [
            command.slice(0, -1),
            [...command, 'x'],
            ...definition.args.map((_, at) => command.with(at + 1, {})),
          ]) {
            expect(() => checkCommand(wrong, defaultKvLimits), JSON.stringify(wrong)).to.throw(KvCommandError)
          }
        }),
      )
    })
  }

  it('do not compile without a footprint, or with one that says nothing', () => {
    const key = { name: 'key', kind: 'key' } as const
    // @ts-expect-error: `footprint` is missing
    operation({ number: 99, args: [key], result: done, apply: () => ok })
    operation({
      number: 99,
      args: [key],
      // @ts-expect-error: it neither reads nor writes
      footprint: {},
      result: done,
      apply: () => ok,
    })
    operation({
      number: 99,
      args: [{ name: 'by', kind: 'integer' }],
      // @ts-expect-error: its first argument is no key
      footprint: writesKey,
      result: done,
      apply: () => ok,
    })
  })

  it('do not compile when they write what their footprint only reads, or answer another kind', () => {
    const key = { name: 'key', kind: 'key' } as const
    operation({
      number: 99,
      args: [key],
      footprint: readsKey,
      result: valueOrAbsent,
      // @ts-expect-error: a store that is only read has no `delete`
      apply: (store, key) => answer(store.delete(key) ?? null),
    })
    // @ts-expect-error: a number is no value of a key
    operation({ number: 99, args: [key], footprint: readsKey, result: valueOrAbsent, apply: () => answer(7) })
  })
})
