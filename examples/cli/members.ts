import { InvalidArgumentError } from 'commander'
import { checkMemberEndpoint } from '../../index.ts'
import { parseEndpoint, wholeNumber } from './options.ts'

/** The members of a cluster, and where each listens. */
export type Members = ReadonlyMap<number, string>

const memberId = wholeNumber(1)

/**
 * `1=ws://HOST:PORT,2=...`
 * @throws InvalidArgumentError that names the member at fault
 */
export function parseMembers(text: string): Members {
  const members = new Map<number, string>()
  for (const each of text.split(',')) {
    const [id, endpoint, ...more] = each.trim().split('=')
    if (id === undefined || endpoint === undefined || more.length > 0) {
      throw new InvalidArgumentError(`expected ID=ws://HOST:PORT,..., found '${each}'.`)
    }
    const member = memberId(id)
    if (members.has(member)) throw new InvalidArgumentError(`member ${member} stands twice.`)
    members.set(member, parseMember(endpoint))
  }
  return members
}

/** @throws InvalidArgumentError unless it is `ws://HOST:PORT`, which is all that a replica listens at */
function parseMember(endpoint: string): string {
  parseEndpoint(endpoint)
  try {
    checkMemberEndpoint(endpoint)
  } catch (error) {
    throw new InvalidArgumentError(`${error instanceof Error ? error.message : error}.`)
  }
  return endpoint
}

/** What whoever begins a cluster of an even number should know. */
export const warningOfEven = (count: number): string | undefined =>
  count % 2 === 0
    ? `${count} replicas survive no more failures than ${count - 1}, and need a larger quorum: an odd number is better`
    : undefined

export const formatMembers = (members: Members): string => [...members].map(([id, at]) => `${id}=${at}`).join(',')
