import { expect } from 'chai'
import fc from 'fast-check'
import { Packr } from 'msgpackr'
import { decodeData, decodePieces, encodeData, encodeDeep, encodePieces } from '../../../net/codec/data.ts'
import { CodecError } from '../../../net/codec.ts'

/** Whether two values are the same data: -0 is not 0, NaN is NaN, and there is no other key. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return Object.is(a, b)
  if (a instanceof Uint8Array)
    return b instanceof Uint8Array && a.length === b.length && a.every((byte, at) => byte === b[at])
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((each, at) => isSame(each, b[at]))
  const keys = Object.keys(a)
  return (
    Object.getPrototypeOf(b) === Object.prototype &&
    keys.join('\n') === Object.keys(b).join('\n') &&
    keys.every(key => isSame((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  )
}

/** The error of an encoding. */
function refusal(data: unknown): unknown {
  try {
    return encodeData(data)
  } catch (error) {
    return error
  }
}

const text = fc.string({ unit: 'binary', maxLength: 300 })
const numbers = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.nat(70_000),
  fc.integer({ min: -40_000, max: 10 }),
  fc.constantFrom(-0, 0, Number.NaN, 1 / 0, -1 / 0, 2 ** 32, 2 ** 32 - 1, -(2 ** 31), Number.MAX_SAFE_INTEGER, 0.1),
)
// One key is refused, and drawn now and then.
const keys = fc
  .oneof(text, fc.constantFrom('constructor', 'toJSON', 'hasOwnProperty', 'then', 'length', '0', 'toString'))
  .filter(key => key !== '__proto__')
/** Plain data with such keys. */
const plainWith = (keysOfIt: fc.Arbitrary<string>) =>
  fc.letrec(tie => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom(null, true, false),
      numbers,
      text,
      fc.uint8Array({ maxLength: 300 }),
      fc.array(tie('value'), { maxLength: 20 }),
      fc.dictionary(keysOfIt, tie('value'), { maxKeys: 20 }).map(each => ({ ...each })),
    ),
  })).value
const plain = plainWith(keys)

class Money {
  readonly cents = 5
}
class Names extends Array<string> {}
const circular: { self?: unknown } = {}
circular.self = [circular]
let deep: unknown = 1
for (let depth = 0; depth < 100_000; depth++) deep = [deep]

const refused: { readonly [name: string]: unknown } = {
  'floats of 32 bits': new Float32Array([0.25, 0.5]),
  'floats of 64 bits': new Float64Array([0.25]),
  'clamped bytes': new Uint8ClampedArray([1]),
  'whole numbers of 16 bits': new Int16Array([1]),
  'a view': new DataView(new ArrayBuffer(8)),
  'a buffer': new ArrayBuffer(8),
  'a set': new Set([1]),
  'a map of texts': new Map([['a', 1]]),
  'a regular expression': /a+/,
  'a date': new Date(0),
  'an error': new Error('x'),
  'a boxed number': Object(1),
  'a boxed text': Object('text'),
  'a boxed boolean': Object(true),
  'a promise': Promise.resolve(1),
  'an instance': new Money(),
  'a class of arrays': new Names('a'),
  'a function': () => 1,
  'a symbol': Symbol('s'),
  'a symbol as key': { [Symbol('s')]: 1 },
  undefined,
  'a bigint': 1n,
  'a large bigint': 2n ** 70n,
  'a hole': new Array(3),
  'another prototype': JSON.parse('{"__proto__": 1}'),
  'half a character': '\ud800',
  'half a character in a long text': `${'x'.repeat(64)}\udc00`,
  'half a character before another': 'a\ud800\ud800b',
  'half a character as key': { '\udc00': 1 },
  'itself in it': circular,
  'nesting beyond all bounds': deep,
  'a getter that throws': {
    get x() {
      throw new Error('of a getter')
    },
  },
}

describe('codec: plain data', () => {
  it('input 6: arrives exactly as it was', () => {
    fc.assert(
      fc.property(plain, data => {
        expect(isSame(data, decodeData(encodeData(data)))).to.equal(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it('input 6: whatever else is given arrives exactly, or is refused with words', () => {
    const anything = fc.anything({
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withNullPrototype: false,
      withObjectString: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
      withUnicodeString: true,
    } as fc.ObjectConstraints)
    fc.assert(
      fc.property(anything, data => {
        const found = refusal(data)
        if (found instanceof Uint8Array) expect(isSame(data, decodeData(found))).to.equal(true)
        else expect(found).to.be.instanceOf(CodecError)
      }),
      { numRuns: 3_000 },
    )
  })

  for (const [name, data] of Object.entries(refused))
    it(`input 6: refuses ${name}, wherever it stands`, () => {
      const places = [data, [data], { a: data }, [1, { b: [data] }]]
      for (const place of places) expect(refusal(place), name).to.be.instanceOf(CodecError)
      expect(() => encodePieces([1, data])).to.throw(CodecError)
      expect(() => encodeDeep({ state: data })).to.throw(CodecError)
      expect(encodeData('still works')).to.deep.equal(encodeData('still works'))
    })

  it('says what is wrong, and where', () => {
    expect(() => encodeData({ a: [1, new Date(0)] })).to.throw('found an instance of Date at .a[1]')
    expect(() => encodeData({ a: undefined })).to.throw('found undefined (or a hole in an array) at .a')
    expect(() => encodeData(circular)).to.throw('contains itself')
    expect(() => encodeData(new Money())).to.throw('found an instance of Money')
    expect(() => encodeData(refused['another prototype'])).to.throw('a key that would change a prototype')
  })

  it('keeps -0 and NaN, takes objects without a prototype and bytes of a Buffer', () => {
    expect(Object.is(decodeData(encodeData(-0)), -0)).to.equal(true)
    expect(decodeData(encodeData([Number.NaN]))).to.deep.equal([Number.NaN])
    expect(decodeData(encodeData(Object.assign(Object.create(null), { a: 1 })))).to.deep.equal({ a: 1 })
    expect(decodeData(encodeData(Buffer.from('ab')))).to.deep.equal(Uint8Array.of(97, 98))
    const other = Uint8Array.of(0xff, 0xf8, 0, 0, 0, 0, 0, 1)
    const bits = new DataView(other.buffer).getFloat64(0)
    expect(encodeData(bits), 'all NaN are one').to.deep.equal(encodeData(Number.NaN))
  })

  it('is encoded as the library of the format does it, where that is exact', () => {
    const packr = new Packr({ useRecords: false, variableMapSize: true })
    const hasMinusZero = (data: unknown): boolean =>
      Object.is(data, -0) ||
      (typeof data === 'object' && data !== null && Object.values(data as object).some(hasMinusZero))
    // The library takes an object with a key `toJSON` or `constructor` for something else.
    const exact = plainWith(text.filter(key => key !== '__proto__')).filter(data => !hasMinusZero(data))
    fc.assert(
      fc.property(exact, data => {
        expect(Buffer.compare(encodeData(data), packr.pack(data))).to.equal(0)
      }),
    )
  })

  it('lies end to end in pieces, and each is as it was', () => {
    fc.assert(
      fc.property(fc.array(plain, { maxLength: 30 }), all => {
        const { lengths, bytes } = encodePieces(all)
        expect(isSame(all, decodePieces(bytes.slice(), lengths))).to.equal(true)
      }),
      { numRuns: 200 },
    )
  })

  it('is encoded while a getter of other data is read', () => {
    const nested = {
      first: 'x'.repeat(30),
      get second() {
        return decodeData(encodeData(['inner', 'y'.repeat(30)]))
      },
    }
    expect(decodeData(encodeData(nested))).to.deep.equal({
      first: 'x'.repeat(30),
      second: ['inner', 'y'.repeat(30)],
    })
  })
})

describe('codec: hostile plain data', () => {
  it('input 6: a key that would change a prototype is refused, in any encoding, and so is one that is no text', () => {
    const name = new TextEncoder().encode('__proto__')
    const value = [0x81, 0xa1, 0x78, 0x01]
    for (const head of [[0xa9], [0xd9, 9], [0xda, 0, 9], [0xdb, 0, 0, 0, 9]])
      for (const before of [[0x81], [0x92, 0x01, 0x81], [0x82, 0xa1, 0x61, 0x90]])
        expect(() => decodeData(Uint8Array.of(...before, ...head, ...name, ...value)), `${head}`).to.throw(
          CodecError,
          '__proto__',
        )
    for (const key of [[0x01], [0xc0], [0x90], [0xcb, 0, 0, 0, 0, 0, 0, 0, 0], [0xc4, 1, 97]])
      expect(() => decodeData(Uint8Array.of(0x81, ...key, 0x01))).to.throw(CodecError, 'is no text')
    expect(({} as { x?: unknown }).x).to.equal(undefined)
  })

  it('what can be read can be written again, and is the same', () => {
    fc.assert(
      fc.property(plain, fc.nat(), fc.nat(255), (data, place, byte) => {
        const bytes = encodeData(data)
        bytes[place % bytes.length] = byte
        let read: unknown
        try {
          read = decodeData(bytes)
        } catch (error) {
          expect(error).to.be.instanceOf(CodecError)
          return
        }
        expect(isSame(read, decodeData(encodeData(read)))).to.equal(true)
      }),
      { numRuns: 5_000 },
    )
  })

  it('who keeps the bytes of a large value keeps about as much memory, whatever it is made of', () => {
    const million = 'x'.repeat(1_000_000)
    const some = Array.from({ length: 3_000 }, (_, at) => [`key ${at}`, 'v'.repeat(at % 700)])
    for (const data of [{ key: 'k', value: million }, new Uint8Array(1_000_000), some, [million, million, some]]) {
      const bytes = encodeData(data)
      expect(bytes.buffer.byteLength).to.be.below(bytes.length * 1.2)
      // The next value is not behind it.
      expect(encodeData(1).buffer).to.not.equal(bytes.buffer)
      expect(isSame(decodeData(bytes), data)).to.equal(true)
    }
  })
})
