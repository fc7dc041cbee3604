import { expect } from 'chai'
import fc from 'fast-check'
import { cachedTextMax, TextCache } from '../../../net/codec/text-cache.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

function counted() {
  let decoded = 0
  const cache = new TextCache((bytes, from, length) => {
    decoded++
    return decoder.decode(bytes.subarray(from, from + length))
  })
  return {
    get: (bytes: Uint8Array, from = 0, length = bytes.length) => cache.get(bytes, from, length),
    decoded: () => decoded,
  }
}

describe('texts that were decoded lately', () => {
  it('are not decoded again', () => {
    const { get, decoded } = counted()
    const bytes = encoder.encode('--a key--')
    expect(get(bytes, 2, 5)).to.equal('a key')
    expect(get(encoder.encode('a key'))).to.equal('a key')
    expect(decoded()).to.equal(1)
  })

  it('are told from others whose characters look like their bytes', () => {
    const { get } = counted()
    // The characters of the second text are the bytes of the first.
    for (const text of ['é', 'Ã©', 'é', 'Ã©']) expect(get(encoder.encode(text))).to.equal(text)
  })

  it('are what their bytes say, whatever came before', () => {
    const text = fc.oneof(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12, unit: 'binary' }))
    const { get } = counted()
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 40 }), some => {
        for (const each of [...some, ...some]) {
          const bytes = encoder.encode(each)
          if (bytes.length <= cachedTextMax) expect(get(bytes)).to.equal(decoder.decode(bytes))
        }
      }),
    )
  })
})
