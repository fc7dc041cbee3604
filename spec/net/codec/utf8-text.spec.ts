import { expect } from 'chai'
import fc from 'fast-check'
import { decodeData, decodeList, decodePieces, encodeData, encodeList, encodePieces } from '../../../net/codec/data.ts'
import { utf8TextBytesMin } from '../../../net/codec/plain-data-decoder.ts'
import { CodecError } from '../../../net/codec.ts'
import { Utf8Text } from '../../../net/utf8-text.ts'

const bytesOf = (text: string): number => Buffer.byteLength(text)
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 100 }),
  fc.string({ unit: 'grapheme-ascii', minLength: 40, maxLength: 300 }),
  fc.constantFrom(
    `\ufeff${'x'.repeat(60)}`,
    'ß'.repeat(24),
    'ß'.repeat(23),
    'x'.repeat(47),
    'x'.repeat(48),
    '𝕏'.repeat(90),
  ),
)

/** The text as it has to come: long ones as their bytes. */
function check(found: unknown, text: string): void {
  if (bytesOf(text) < utf8TextBytesMin) {
    expect(found).to.equal(text)
    return
  }
  expect(found).to.be.instanceOf(Utf8Text)
  const bytes = found as Utf8Text
  expect(bytes.toString()).to.equal(text)
  expect(JSON.stringify(bytes)).to.equal(JSON.stringify(text))
  expect(bytes.byteLength).to.equal(bytesOf(text))
  expect(bytes.equals(text)).to.equal(true)
  expect(bytes.equals(`${text}.`)).to.equal(false)
  const copied = new Uint8Array(bytes.byteLength + 2)
  expect(bytes.copyTo(copied, 1)).to.equal(bytes.byteLength + 1)
  expect(Buffer.from(copied.subarray(1, -1)).toString()).to.equal(text)
}

describe('codec: texts as bytes', () => {
  it('come long ones where they are asked for, wherever they stand, and are encoded again as they were', () => {
    fc.assert(
      fc.property(texts, text => {
        const data = encodeData([text, { [text === '__proto__' ? '' : text]: text }])
        const [first, map] = decodeData(data, 'bytes') as [unknown, Record<string, unknown>]
        check(first, text)
        const [[key, value] = []] = Object.entries(map)
        expect(key, 'a key is always a string').to.equal(text)
        check(value, text)
        expect(encodeData([first, map])).to.deep.equal(data)
        expect(decodeData(data)).to.deep.equal([text, map === undefined ? map : { [text]: text }])
      }),
      { numRuns: 500 },
    )
  })

  it('come from pieces and from lists, too', () => {
    const long = 'é'.repeat(40)
    const { lengths, bytes } = encodePieces([1, long, 'short'])
    const pieces = decodePieces(bytes, lengths, 'bytes')
    check(pieces[1], long)
    expect(pieces[2]).to.equal('short')
    expect(decodePieces(bytes, lengths)).to.deep.equal([1, long, 'short'])
    check(decodeList(encodeList([1], encodeData(long)), 'bytes')[1], long)
  })

  it('are compared as bytes', () => {
    const [a, b, c, d] = decodeData(
      encodeData(['a'.repeat(60), 'a'.repeat(60), `${'a'.repeat(59)}b`, 'a'.repeat(61)]),
      'bytes',
    ) as readonly [Utf8Text, Utf8Text, Utf8Text, Utf8Text]
    expect([a.equals(b), a.equals(c), c.equals(a), a.equals(d)]).to.deep.equal([true, false, false, false])
  })

  it('are no way around the check that a text is UTF-8', () => {
    const data = encodeData('x'.repeat(60))
    data[30] = 0xff
    expect(() => decodeData(data, 'bytes')).to.throw(CodecError, 'is not UTF-8')
  })
})
