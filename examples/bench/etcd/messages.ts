/** Messages of gRPC (a flag, four bytes of length) around `PutRequest { key = 1, value = 2 }` and `RangeRequest { key = 1 }`. */

const prefixBytes = 5
const keyField = 0x0a
const valueField = 0x12

const varintBytes = (value: number): number => (value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : 4)

function writeVarint(into: Buffer, at: number, value: number): number {
  let rest = value
  let to = at
  while (rest >= 0x80) {
    into[to++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  into[to++] = rest
  return to
}

/** ASCII, so that characters are bytes. */
function writeText(into: Buffer, at: number, field: number, text: string): number {
  into[at] = field
  const to = writeVarint(into, at + 1, text.length)
  return to + into.write(text, to, 'latin1')
}

const textBytes = (text: string): number => 1 + varintBytes(text.length) + text.length

function writePrefix(into: Buffer, at: number, length: number): number {
  into[at] = 0
  into.writeUInt32BE(length, at + 1)
  return at + prefixBytes
}

/** Of a put, or of a read when there is no value. */
export const requestBytes = (key: string, value: string | undefined): number =>
  prefixBytes + textBytes(key) + (value === undefined ? 0 : textBytes(value))

/** Returns where it ends. */
export function writeRequest(into: Buffer, at: number, key: string, value: string | undefined): number {
  const begun = writePrefix(into, at, requestBytes(key, value) - prefixBytes)
  const to = writeText(into, begun, keyField, key)
  return value === undefined ? to : writeText(into, to, valueField, value)
}
