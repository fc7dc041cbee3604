import { frameHeaderBytes } from './frames.ts'

/** Takes one frame; the payload is a view that holds only during the call. */
export type TakeFrame = (type: number, flag: number, stream: number, payload: Buffer) => void

/** Cuts a stream of bytes into HTTP/2 frames. */
export function createFrameReader(take: TakeFrame): (chunk: Buffer) => void {
  let kept: Buffer | undefined
  return chunk => {
    const bytes = kept === undefined ? chunk : Buffer.concat([kept, chunk])
    let at = 0
    while (bytes.length - at >= frameHeaderBytes) {
      const end = at + frameHeaderBytes + bytes.readUIntBE(at, 3)
      if (end > bytes.length) break
      const stream = bytes.readUInt32BE(at + 5) & 0x7fffffff
      take(bytes[at + 3]!, bytes[at + 4]!, stream, bytes.subarray(at + frameHeaderBytes, end))
      at = end
    }
    kept = at === bytes.length ? undefined : bytes.subarray(at)
  }
}
