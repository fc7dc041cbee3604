import { crc32 } from 'node:zlib'
import { expect } from 'chai'
import fc from 'fast-check'
import { checksum } from '../../../storage/sqlite/checksum.ts'
import { seal, sealBytes, unseal } from '../../../storage/sqlite/seal.ts'

describe('SQLite store: checksums', () => {
  it('are CRC-32, short and long, from any seed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), fc.nat(), fc.nat(20), (bytes, seed, start) => {
        const from = Math.min(start, bytes.length - 1)
        expect(checksum(bytes, from, bytes.length, seed)).to.equal(crc32(bytes.subarray(from), seed))
      }),
    )
  })

  it('tell every flipped bit of a sealed value, and every other seed', () => {
    const target = Buffer.alloc(3 + 20 + sealBytes)
    expect(seal(target, 3, 77, Buffer.from('a value of 20 bytes!'))).to.equal(target.length)
    expect(Buffer.from(unseal(target, 3, 77)).toString()).to.equal('a value of 20 bytes!')
    expect(() => unseal(target, 3, 78)).to.throw('checksum')
    for (let bit = 3 * 8; bit < target.length * 8; bit++) {
      const damaged = Buffer.from(target)
      damaged[bit >> 3] = damaged[bit >> 3]! ^ (1 << (bit & 7))
      expect(() => unseal(damaged, 3, 77), `bit ${bit}`).to.throw()
    }
    expect(() => unseal(target.subarray(0, 20), 3, 77)).to.throw('too few')
  })
})
