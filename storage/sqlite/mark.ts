import { closeSync, fdatasync, fsyncSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { isFull } from './errors.ts'

/** A mark: this store has made at least `flushes` flushes durable. */
export interface Mark {
  readonly storeIdentity: string
  readonly flushes: number
}

/** A mark that follows its store. */
export interface MarkWriter {
  /**
   * Notes a flush that is durable by now; never one that is not. Written soon, so that it outlives this process, and
   * synced a little later, so that most of it outlives a power cut: it may always stand lower than the store.
   */
  advance(flushes: number): void
  /**
   * Tries again what found no room, before the next flush: the mark may stand lower than the store, but not ever lower.
   * @returns the error; undefined when all is written
   */
  retry(): Error | undefined
  /** Makes the noted flushes durable. @throws the file system's error */
  sync(): void
  close(): Promise<void>
}

/** One slot takes the whole write of an advance, in a disk sector of its own: a torn one leaves the other. */
const slotOffsets = [0, 4096] as const
const identityBytes = 36
const slotBytes = identityBytes + 12
const magic = 0x45504d31

/** Maximum lag of the written mark, and of the synced one. Written with each flush it took 4 % of a loaded replica. */
const writeDelayMs = 5
const syncDelayMs = 50

function encode({ storeIdentity, flushes }: Mark): Buffer {
  const slot = Buffer.alloc(slotBytes + 4)
  slot.writeUInt32BE(magic, 0)
  slot.write(storeIdentity, 4, identityBytes, 'latin1')
  slot.writeDoubleBE(flushes, 4 + identityBytes)
  slot.writeUInt32BE(crc32(slot.subarray(0, slotBytes)), slotBytes)
  return slot
}

function decode(file: Buffer, offset: number): Mark | undefined {
  if (file.length < offset + slotBytes + 4) return undefined
  const slot = file.subarray(offset, offset + slotBytes + 4)
  if (slot.readUInt32BE(0) !== magic) return undefined
  if (slot.readUInt32BE(slotBytes) !== crc32(slot.subarray(0, slotBytes))) return undefined
  return {
    storeIdentity: slot.toString('latin1', 4, 4 + identityBytes),
    flushes: slot.readDoubleBE(4 + identityBytes),
  }
}

/** Writes the mark of a new store, durably (its name is for the directory's sync). */
export function createMark(path: string, storeIdentity: string): void {
  const file = Buffer.alloc(slotOffsets[1] + slotBytes + 4)
  for (const offset of slotOffsets) encode({ storeIdentity, flushes: 0 }).copy(file, offset)
  writeFileSync(path, file, { flush: true })
}

/** The highest mark of a file; undefined when no slot of it can be read. */
export function readMark(path: string): Mark | undefined {
  const file = readFileSync(path)
  const marks = slotOffsets.map(offset => decode(file, offset)).filter(mark => mark !== undefined)
  return marks.sort((a, b) => b.flushes - a.flushes)[0]
}

/** The calls of the file system by which a mark is written; specs replace them. */
export const markCalls = { fdatasync, writeSync }

/**
 * Opens the mark of a store to follow it.
 * @param failed is called when a write or a sync in the background fails, but not for a lack of room
 */
export function followMark(path: string, storeIdentity: string, failed: (error: Error) => void): MarkWriter {
  const descriptor = openSync(path, 'r+')
  let last = 0
  /** The lack of room that the last try found. */
  let lack: Error | undefined
  let slot: 0 | 1 = 0
  let noted: number | undefined
  let dirty = false
  let writing: NodeJS.Timeout | undefined
  let timer: NodeJS.Timeout | undefined
  let syncing = false
  let closing: (() => void) | undefined

  const schedule = () => {
    if (dirty && !syncing && timer === undefined) timer = setTimeout(syncInBackground, syncDelayMs).unref()
  }
  const syncInBackground = () => {
    timer = undefined
    dirty = false
    syncing = true
    markCalls.fdatasync(descriptor, error => {
      syncing = false
      if (error !== null) lacking(error)
      if (closing === undefined) schedule()
      else closing()
    })
  }
  /** What was written before a sync that failed may be gone, so it is written again. */
  const lacking = (error: Error) => {
    noted ??= last
    if (isFull(error)) lack = error
    else failed(error)
  }
  const write = () => {
    writing = undefined
    if (noted === undefined) return
    last = noted
    const bytes = encode({ storeIdentity, flushes: noted })
    markCalls.writeSync(descriptor, bytes, 0, bytes.length, slotOffsets[slot])
    slot = slot === 0 ? 1 : 0
    noted = undefined
    dirty = true
    schedule()
  }
  return {
    advance(flushes) {
      noted = flushes
      writing ??= setTimeout(() => {
        try {
          write()
        } catch (error) {
          lacking(error as Error)
        }
      }, writeDelayMs).unref()
    },
    retry() {
      if (lack === undefined) return undefined
      try {
        write()
        lack = undefined
      } catch (error) {
        lack = error as Error
      }
      return lack
    },
    sync() {
      clearTimeout(writing)
      write()
      fsyncSync(descriptor)
    },
    async close() {
      clearTimeout(writing)
      clearTimeout(timer)
      if (syncing) {
        await new Promise<void>(resolve => {
          closing = resolve
        })
      }
      closeSync(descriptor)
    },
  }
}
