import { expect } from 'chai'
import { BackupCheck } from '../../../actors/state/backup-check.ts'
import { BackupError, type SegmentsBackup } from '../../../actors/state/backup-file.ts'
import { type BackupSource, decodeBackup, openBackup } from '../../../actors/state/read-backup.ts'
import { backupFileOf, codec, encodeWholeBackup, segmentOf } from './support/backup-files.ts'

/** The check of a file that comes in parts of so many bytes. */
function checked(file: Uint8Array, partBytes: number, size = file.length) {
  const check = new BackupCheck(size, codec)
  for (let at = 0; at < file.length; at += partBytes) check.add(file.subarray(at, at + partBytes))
  return check.end()
}

describe('backup file', () => {
  const segments = [segmentOf(1, 40), segmentOf(2, 0), segmentOf(3, 90)]
  const { origin, head, file } = backupFileOf(segments)
  const whole = { version: 1 as const, ...origin, state: Uint8Array.of(1, 2, 3) }
  const files: readonly [string, Uint8Array][] = [
    ['version 2', file],
    ['version 2 without segments', backupFileOf([]).file],
    ['version 1', encodeWholeBackup(whole)],
  ]

  it('reads back as it was written', () => {
    const found = decodeBackup(file, codec) as SegmentsBackup
    expect(found).to.deep.include({ version: 2, ...head })
    expect([...found.read()]).to.eql(segments.map(({ bytes }) => bytes))
    expect([...found.read()], 'a second time').to.have.length(3)
  })

  it('of version 1 is still read', () => {
    expect(decodeBackup(encodeWholeBackup(whole), codec)).to.eql(whole)
  })

  for (const [name, each] of files)
    it(`${name}: is refused with any byte changed, cut off, or followed by more`, () => {
      const isRefused = (bytes: Uint8Array, what: string) => {
        expect(() => decodeBackup(bytes, codec), what).to.throw(BackupError)
        expect(() => checked(bytes, 7), `${what}, in parts`).to.throw(BackupError)
      }
      for (let at = 0; at < each.length; at++) {
        const damaged = each.slice()
        damaged[at]! ^= 4
        isRefused(damaged, `byte ${at}`)
        isRefused(each.subarray(0, at), `${at} bytes`)
        expect(() => checked(each.subarray(0, at), 7, each.length), `${at} bytes of all`).to.throw(BackupError)
      }
      isRefused(new Uint8Array([...each, 0]), 'one more')
    })

  it('names the region that is damaged', () => {
    const fault = (at: number): string => {
      const damaged = file.slice()
      damaged[at]! ^= 1
      try {
        decodeBackup(damaged, codec)
      } catch (error) {
        return (error as BackupError).message
      }
      return 'none'
    }
    const [second, end] = [file.length - endLength - 128 - 38, file.length - endLength]
    expect(fault(3)).to.equal('it does not begin like a backup')
    expect(fault(30)).to.match(/^its digest is [0-9a-f]{16}, "[0-9a-f]{16}" was written$/)
    expect(fault(second)).to.equal('segment 2 is not as it was written')
    expect(fault(end)).to.equal('its end is not as it was written')
  })
  const endLength = backupFileOf([]).parts.at(-1)!.length

  it('of a later version is refused as such', () => {
    const later = new TextEncoder().encode('EPAXOS BACKUP 3\nwhatever')
    expect(() => decodeBackup(later, codec))
      .to.throw(BackupError, /version 3; this program reads versions 1 and 2/)
      .with.property('code', 'backupVersion')
  })

  it('is checked in parts of any size, and says where it is from', () => {
    for (const [name, each] of files)
      for (const bytes of [1, 7, 64, each.length])
        expect(checked(each, bytes), `${name}, ${bytes}`).to.deep.include(origin)
  })

  it('is read one region at a time, and nothing beyond it', () => {
    const lengths: number[] = []
    const source: BackupSource = {
      size: file.length,
      read: (offset, length) => {
        lengths.push(length)
        expect(offset + length).to.be.at.most(file.length)
        return file.slice(offset, offset + length)
      },
    }
    const found = openBackup(source, codec) as SegmentsBackup
    const sizes = segments.map(({ info }) => info.size)
    expect(lengths.slice(3, 6)).to.eql(sizes)
    lengths.length = 0
    const reading = found.read()[Symbol.iterator]()
    expect(lengths, 'nothing before it is asked for').to.eql([])
    reading.next()
    expect(lengths).to.eql(sizes.slice(0, 1))
  })

  it('that is changed after it was opened is noticed at the segment', () => {
    const changing = file.slice()
    const found = decodeBackup(changing, codec) as SegmentsBackup
    changing[file.length - endLength - 1]! ^= 1
    const read: number[] = []
    expect(() => {
      for (const { length } of found.read()) read.push(length)
    })
      .to.throw(BackupError, 'segment 3 is not as it was written')
      .with.property('code', 'backupDamaged')
    expect(read).to.have.length(2)
  })
})
