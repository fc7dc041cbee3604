import type { ClientMessageOf, ClientMessageType } from '../../../../machines/protocol/client-messages.ts'
import type { MessageOf, MessageType } from '../../../../machines/protocol/messages.ts'
import { protocolVersion } from '../../../../machines/protocol/version.ts'
import type { Greeting } from '../../../../net/transport.ts'

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)
const id = { epoch: 1, rank: 2, index: 70_000 }
const cmd = { footprint: { reads: ['r', 'ß'], writes: ['w'] }, payloads: [bytes(), bytes(1, 2, 255)] }
const whole = { footprint: { reads: 'all', writes: [] }, payloads: [bytes(9)] } as const
const dep = [3, 0, 300]

/** One message of each type between replicas, or more where a field has more than one form: what record.ts records. */
export const messages: { readonly [K in MessageType]: readonly MessageOf<K>[] } = {
  preAccept: [
    { type: 'preAccept', id, cmd, dep, unhurried: undefined },
    { type: 'preAccept', id, cmd: whole, dep, unhurried: true },
  ],
  preAcceptOk: [{ type: 'preAcceptOk', id, dep }],
  accept: [
    { type: 'accept', id, bal: 5, cmd, dep, unhurried: undefined },
    { type: 'accept', id, bal: 0, cmd: undefined, dep, unhurried: true },
    { type: 'accept', id, bal: 5, cmd: 'nop', dep: [0, 0, 0], unhurried: undefined },
  ],
  acceptOk: [{ type: 'acceptOk', id, bal: 2 ** 40 }],
  commit: [
    { type: 'commit', id, cmd, dep },
    { type: 'commit', id, cmd: undefined, dep },
    { type: 'commit', id, cmd: 'nop', dep: [0, 0, 0] },
  ],
  recover: [{ type: 'recover', id, bal: 4 }],
  recoverOk: (['initial', 'preAccepted', 'accepted', 'committed'] as const).map(phase => ({
    type: 'recoverOk',
    id,
    bal: 4,
    abal: 3,
    cmd: phase === 'initial' ? undefined : phase === 'accepted' ? 'nop' : cmd,
    dep,
    initDep: [1, 0, 0],
    phase,
  })),
  validate: [{ type: 'validate', id, bal: 4, cmd, dep }],
  validateOk: [
    { type: 'validateOk', id, bal: 4, invalidating: [] },
    {
      type: 'validateOk',
      id,
      bal: 4,
      invalidating: [
        { id: { epoch: 1, rank: 0, index: 1 }, committed: true },
        { id: { epoch: 1, rank: 1, index: 2 }, committed: false },
      ],
    },
  ],
  waiting: [{ type: 'waiting', id, k: 2 }],
  tryRecover: [{ type: 'tryRecover', id }],
  nack: [{ type: 'nack', id, bal: 8 }],
  stable: [{ type: 'stable', id }],
  heartbeat: [
    {
      type: 'heartbeat',
      known: [9, 8, 7],
      executed: [6, 5, 4],
      canVote: true,
      inStep: false,
      raised: [3, 2, 1],
      raisedFrom: 12,
      barrier: 9,
      clock: 1_700_000_000_000,
    },
    {
      type: 'heartbeat',
      known: [9, 8, 7],
      executed: [6, 5, 4],
      canVote: true,
      inStep: true,
      raised: [3, 2, 1],
      raisedFrom: 12,
      busy: true,
      slow: true,
    },
  ],
  fetch: [{ type: 'fetch', from: [1, 2, 3], to: [4, 5, 6] }],
  fetchEnd: [{ type: 'fetchEnd', upTo: [4, 5, 6], floor: [1, 1, 1] }],
  fetchSnapshot: [
    { type: 'fetchSnapshot', digest: '', offset: 0 },
    { type: 'fetchSnapshot', digest: 'abc', offset: 262_144 },
  ],
  snapshotChunk: [{ type: 'snapshotChunk', digest: 'abc', offset: 4, size: 7, bytes: bytes(5, 6, 7) }],
  digest: [{ type: 'digest', point: id, digest: 'abc' }],
  readAsk: [
    { type: 'readAsk', round: { life: 3, count: 70_000 }, keys: ['a', 'key/b'] },
    { type: 'readAsk', round: { life: 3, count: 70_001 }, keys: 'all' },
  ],
  readSeen: [{ type: 'readSeen', round: { life: 3, count: 70_000 }, seen: [1, 0, 70_000] }],
  stores: [
    {
      type: 'stores',
      stores: [
        { member: 1, storeIdentity: 'store of 1', life: 3, token: 'a' },
        { member: 3, storeIdentity: 'store of 3', life: 1, token: '' },
      ],
    },
  ],
}

const refused = (
  [
    'notReady',
    'draining',
    'overloaded',
    'tooLarge',
    'malformed',
    'sessionExpired',
    'outdated',
    'notReadOnly',
    'tooManyUnacknowledged',
  ] as const
).map((code, at) => ({ type: 'refused' as const, request: at + 1, code, reason: `because of ${code}` }))

/** The same between clients and replicas. */
export const clientMessages: { readonly [K in ClientMessageType]: readonly ClientMessageOf<K>[] } = {
  propose: [{ type: 'propose', request: 1, payload: bytes(1, 2) }],
  execute: [
    {
      type: 'execute',
      request: 2,
      session: '1.abc',
      floor: 69_999,
      sequences: [70_000, 70_002],
      lengths: [1, 2],
      commands: bytes(3, 162, 97),
    },
  ],
  query: [{ type: 'query', request: 3, payload: bytes(4) }],
  backup: [{ type: 'backup', request: 4, digest: '', offset: 0 }],
  backupPart: [{ type: 'backupPart', request: 4, digest: 'abc', offset: 0, size: 3, bytes: bytes(7, 8, 9) }],
  status: [{ type: 'status', request: 5 }],
  results: [{ type: 'results', requests: [2, 3], lengths: [1, 1], results: bytes(5, 192) }],
  result: [{ type: 'result', request: 1, payload: bytes(1) }],
  refused,
  statusReport: [{ type: 'statusReport', request: 5, json: bytes(123, 125) }],
  openSession: [{ type: 'openSession', request: 6 }],
  endSession: [{ type: 'endSession', request: 7, session: 's' }],
  sessionOpened: [{ type: 'sessionOpened', request: 6, session: '1.abc' }],
  welcome: [
    {
      type: 'welcome',
      protocolMajor: protocolVersion.major,
      protocolMinor: protocolVersion.minor,
      cluster: 'recorded',
      member: 1,
      members: [1, 2, 3],
      build: undefined,
    },
  ],
  forgetPeer: [{ type: 'forgetPeer', request: 7, member: 3 }],
  peerForgotten: (['forgotten', 'tookPart', 'isConnected', 'isSelf', 'noMember'] as const).map((verdict, at) => ({
    type: 'peerForgotten',
    request: at + 1,
    verdict,
  })),
}

/** Member 2 dials member 1. */
export const greeting: Greeting = {
  cluster: 'contract',
  epoch: 1,
  member: 2,
  members: [1, 2, 3],
  storeIdentity: 'store of 2',
  life: 7,
  token: 'life of 2',
  executed: [3, 2, 1],
  ownIndex: 5,
}
