/**
 * The client alone: `epaxos/client`. It knows neither storage nor servers, so that bundlers take it and it starts where
 * no native addon is installed. `epaxos` has all of it, too.
 */

export { EpaxosError } from '../../machines/protocol/errors.ts'
export type { CallOptions, Client } from '../client/client.ts'
export { ClientError, type ClientErrorCode } from '../client/errors.ts'
export type { ClientLimits } from '../client/limits.ts'
export { type CreateClientOptions, createClient } from './create-client.ts'
