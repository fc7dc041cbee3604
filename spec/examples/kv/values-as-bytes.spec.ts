import { expect } from 'chai'
import fc from 'fast-check'
import type { TableChange } from '../../../actors/shared/tables.ts'
import { append, cas, get, getdel, incr, type KvCommand, put, putFor, putUntil } from '../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { decodeData, encodeData } from '../../../net/codec/data.ts'
import { Utf8Text } from '../../../net/utf8-text.ts'
import { digestOfState } from '../../support/states.ts'

/** A command as a replica reads it: its long texts are bytes. */
const received = (command: KvCommand): KvCommand => decodeData(encodeData(command), 'bytes') as KvCommand

const keys = fc.constantFrom('a', 'k'.repeat(50), 'ß'.repeat(40))
const texts = fc.constantFrom('', '7', 'x'.repeat(60), `\ufeff${'y'.repeat(70)}`, '𝕏'.repeat(30), 'z'.repeat(2_000))
const orNull = fc.option(texts, { nil: null })
const commands: fc.Arbitrary<KvCommand> = fc.oneof(
  fc.tuple(keys, texts).map(each => put(...each)),
  fc.tuple(keys, texts, fc.nat({ max: 9 })).map(([key, text, at]) => putUntil(key, text, at + 1)),
  fc.tuple(keys, orNull, orNull).map(each => cas(...each)),
  fc.tuple(keys, texts).map(each => append(...each)),
  keys.map(key => get(key)),
  keys.map(key => getdel(key)),
  keys.map(key => incr(key)),
)

/** Number of strings that are made of texts that came as bytes. */
function stringsMadeBy(run: () => void): number {
  const { toString: unwatched } = Utf8Text.prototype
  let made = 0
  Utf8Text.prototype.toString = function counted() {
    made++
    return unwatched.call(this)
  }
  try {
    run()
  } finally {
    Utf8Text.prototype.toString = unwatched
  }
  return made
}

const long = 'v'.repeat(1_024)

describe('values of the key-value store, as bytes', () => {
  it('give the same footprints, results and digests as strings do', () => {
    fc.assert(
      fc.property(fc.array(commands, { maxLength: 12 }), all => {
        const [ofStrings, ofBytes] = [createKvStateMachine(), createKvStateMachine()]
        for (const command of all) {
          const [a, b] = [ofStrings.stamped!(command, 5), ofBytes.stamped!(received(command), 5)]
          expect(encodeData(b)).to.deep.equal(encodeData(a))
          const [asStrings, asBytes] = [a, received(b)]
          expect(ofBytes.footprint(asBytes)).to.deep.equal(ofStrings.footprint(asStrings))
          expect(ofBytes.apply(asBytes)).to.deep.equal(ofStrings.apply(asStrings))
          expect(digestOfState(ofBytes)).to.equal(digestOfState(ofStrings))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('are no strings where they are only stored, or compared', () => {
    const store = createKvStateMachine()
    const made = stringsMadeBy(() => {
      for (const command of [put('a', long), put('a', long), cas('a', long, `${long}.`), cas('a', long, null)]) {
        const asked = received(command)
        store.stamped!(asked, 1)
        store.footprint(asked)
        store.apply(asked)
      }
      encodeData(store.stamped!(received(putFor('a', long, 1_000)), 1))
    })
    expect(made).to.equal(0)
    expect(store.apply(get('a'))).to.deep.equal({ ok: true, value: `${long}.` })
    expect(
      stringsMadeBy(() => received(put('a', long))[2]!.toString()),
      'the count counts',
    ).to.equal(1)
  })

  it('do not depend on the bytes that they came in', () => {
    const store = createKvStateMachine()
    const bytes = encodeData(put('a', long))
    store.apply(decodeData(bytes, 'bytes') as KvCommand)
    bytes.fill(0x78)
    expect(store.apply(get('a'))).to.deep.equal({ ok: true, value: long })
  })

  it('are bounded like strings', () => {
    const store = createKvStateMachine({ valueBytesMax: 1_023 })
    expect(() => store.footprint(received(put('a', long))))
      .to.throw('the value has 1024 bytes, at most 1023 are allowed')
      .with.property('code', 'tooLarge')
    const bounded = createKvStateMachine({ keyBytesMax: 59 })
    expect(() => bounded.footprint(received(put('k'.repeat(60), '')))).to.throw('the key has 60 bytes')
  })

  it('come to observers of changes as strings', () => {
    const store = createKvStateMachine()
    const seen: TableChange[] = []
    store.tables.changes({ changed: change => seen.push(change) })
    store.apply(received(put('a', long)))
    expect(seen).to.deep.equal([{ table: 'values', key: 'a', value: long }])
  })
})
