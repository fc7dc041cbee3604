/**
 * Version of everything between processes. Peers and clients of another major version are refused; a newer minor
 * version only adds message types and optional trailing fields, which an older one skips.
 */
export const protocolVersion = { major: 1, minor: 0 } as const
