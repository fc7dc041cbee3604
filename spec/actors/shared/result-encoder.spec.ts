import { expect } from 'chai'
import { boundsToRead } from '../../../actors/shared/check-limits.ts'
import { ResultEncoder } from '../../../actors/shared/result-encoder.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'

const codec = createCodec(boundsToRead)

describe('encoded results', () => {
  it('that follow each other and are equal are one array', () => {
    const results = new ResultEncoder(codec)
    const first = results.encode({ ok: true, value: null })
    expect(results.encode({ ok: true, value: null })).to.equal(first)
    expect(codec.decodeData(first)).to.deep.equal({ ok: true, value: null })
  })

  it('are what the result is when it is encoded', () => {
    const results = new ResultEncoder(codec)
    const own: { value: unknown } = { value: 1 }
    const first = results.encode(own)
    own.value = 2
    expect(codec.decodeData(results.encode(own))).to.deep.equal({ value: 2 })
    expect(codec.decodeData(first)).to.deep.equal({ value: 1 })
  })

  it('of a frozen object are made anew when something in it can change', () => {
    const results = new ResultEncoder(codec)
    const list = [1]
    let count = 0
    for (const [result, change] of [
      [Object.freeze({ list }), () => list.push(2)],
      [
        Object.freeze({
          get value() {
            return count
          },
        }),
        () => count++,
      ],
    ] as const) {
      const before = codec.decodeData(results.encode(result))
      change()
      expect(codec.decodeData(results.encode(result))).to.not.deep.equal(before)
    }
  })

  it('of a frozen object are found again behind others', () => {
    const results = new ResultEncoder(codec)
    const ok = Object.freeze({ ok: true })
    const first = results.encode(ok)
    results.encode(7)
    expect(results.encode(ok)).to.equal(first)
  })

  it('tell -0 from 0, and refuse what is no plain data, each time', () => {
    const results = new ResultEncoder(codec)
    for (const value of [0, -0, 0, -0]) expect(codec.decodeData(results.encode(value))).to.equal(value)
    for (const value of [undefined, undefined, () => 1]) expect(() => results.encode(value)).to.throw('data')
  })
})
