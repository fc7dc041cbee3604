/** Calls of etcd's key-value service. */
export const putPath = '/etcdserverpb.KV/Put'
export const rangePath = '/etcdserverpb.KV/Range'

/** A literal of HPACK (RFC 7541, 5.2), not Huffman-coded, below 127 bytes. */
function literal(text: string): Buffer {
  if (text.length >= 127) throw new RangeError(`a header of ${text.length} bytes is not foreseen`)
  return Buffer.concat([Buffer.of(text.length), Buffer.from(text, 'latin1')])
}

/** `:method POST`, `:scheme http` of the static table, and `:path` as a literal that stays out of the dynamic table. */
const begin = (path: string): Buffer => Buffer.concat([Buffer.of(0x83, 0x86, 0x04), literal(path)])

/**
 * The header block of the first call on a connection: it enters what all calls share into the dynamic table, as gRPC
 * clients do, so that the server reads no more of it afterwards.
 */
export const firstHeaders = (path: string, authority: string): Buffer =>
  Buffer.concat([
    begin(path),
    Buffer.of(0x41),
    literal(authority),
    Buffer.of(0x5f),
    literal('application/grpc'),
    Buffer.of(0x40),
    literal('te'),
    literal('trailers'),
  ])

/** Of the later calls: the three newest entries, oldest first. */
export const laterHeaders = (path: string): Buffer => Buffer.concat([begin(path), Buffer.of(0xc0, 0xbf, 0xbe)])
