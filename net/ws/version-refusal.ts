import { protocolVersion } from '../../machines/protocol/version.ts'

export interface Version {
  readonly major: number
  readonly minor: number
}

/** The reason for refusing a peer, or a replica, of this version; undefined for the same major version. */
export function versionRefusal({ major, minor }: Version): string | undefined {
  if (major === protocolVersion.major) return undefined
  return `protocol version ${protocolVersion.major}.${protocolVersion.minor} is spoken here, and ${major}.${minor} there`
}
