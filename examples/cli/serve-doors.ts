import { InvalidArgumentError } from 'commander'
import { parseHosts, parseOrigins } from './access-options.ts'
import { readClusterSecret } from './cluster-secret.ts'
import { UsageError } from './exit.ts'
import { type ListenAddress, parseListen } from './listen-option.ts'

/** Who may reach a replica, and how: the part of the configuration of `serve` that is about its doors. */
export interface ServeDoors {
  /** Where it listens, if that is not its own endpoint. */
  readonly listen: ListenAddress | undefined
  readonly allowHosts: readonly string[] | undefined
  readonly allowOrigins: readonly string[] | undefined
  readonly clusterSecret: string | undefined
  /** The file of the secret, if others than its owner may read it. */
  readonly secretReadable: string | undefined
  /** Beyond loopback it goes without a secret. */
  readonly insecure: boolean
}

export interface DoorFlags {
  readonly listen?: ListenAddress
  readonly allowHost?: readonly string[]
  readonly allowOrigin?: readonly string[]
  readonly clusterSecretFile?: string
  readonly insecure?: true
}

/** Names of the fields of a config file. */
export const doorFields: readonly string[] = ['listen', 'allowHost', 'allowOrigin', 'clusterSecretFile', 'insecure']

/**
 * The doors by the flags and a config file; flags come first.
 * @throws UsageError that names the flag or the field at fault
 */
export function doorsOf(
  flags: DoorFlags,
  file: Readonly<Record<string, unknown>>,
  path: string | undefined,
): ServeDoors {
  const wrong = (name: string, expected: string): never => {
    throw new UsageError(`--config ${path}: '${name}' should be ${expected}, not ${JSON.stringify(file[name])}`)
  }
  const parsed = <T>(name: string, expected: string, parse: (text: string) => T): T | undefined => {
    const value = file[name]
    if (value === undefined) return undefined
    const text = Array.isArray(value) ? value.join(',') : value
    if (typeof text !== 'string' || text === '') return wrong(name, expected)
    try {
      return parse(text)
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error
      throw new UsageError(`--config ${path}: '${name}': ${error.message}`, { cause: error })
    }
  }
  if (file.insecure !== undefined && typeof file.insecure !== 'boolean') wrong('insecure', 'true or false')
  const secretFile = flags.clusterSecretFile ?? parsed('clusterSecretFile', 'a path', text => text)
  const secret = secretFile === undefined ? undefined : readClusterSecret(secretFile)
  return {
    listen: flags.listen ?? parsed('listen', 'HOST:PORT', parseListen),
    allowHosts: flags.allowHost ?? parsed('allowHost', 'a list of host names', text => parseHosts(text, undefined)),
    allowOrigins:
      flags.allowOrigin ?? parsed('allowOrigin', 'a list of origins', text => parseOrigins(text, undefined)),
    clusterSecret: secret?.secret,
    secretReadable: secret?.isReadableByOthers === true ? secretFile : undefined,
    insecure: flags.insecure ?? file.insecure === true,
  }
}
