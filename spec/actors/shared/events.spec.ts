import { expect } from 'chai'
import {
  levelOf,
  plainOf,
  type ReplicaEvent,
  type ReplicaEventCode,
  replicaEventCodes,
  textOf,
} from '../../../actors/shared/events.ts'
import { EpaxosError } from '../../../machines/protocol/errors.ts'

const error = new EpaxosError('storeFull', 'the disk is full')
const remote = '127.0.0.1:4711'

/** One of each: a code without one does not compile. */
const samples: { readonly [C in ReplicaEventCode]: Extract<ReplicaEvent, { readonly code: C }> } = {
  stopping: { code: 'stopping', error },
  diskFull: { code: 'diskFull', error },
  roomAgain: { code: 'roomAgain' },
  clockOff: { code: 'clockOff', aheadMs: 3_600_000 },
  clockRight: { code: 'clockRight', aheadMs: 0 },
  diskStalled: { code: 'diskStalled' },
  diskAnswers: { code: 'diskAnswers', afterMs: 10_000 },
  peerRefused: { code: 'peerRefused', peer: 2, detail: 'it is of another cluster' },
  messageRefused: { code: 'messageRefused', peer: 2, message: 'commit', reason: 'badValue', detail: 'no such kind' },
  peerContradicts: { code: 'peerContradicts', peer: 2, detail: 'another payload', forMs: 5_000 },
  disowned: { code: 'disowned', peer: 2, detail: 'its store is an old copy' },
  storesDisagree: { code: 'storesDisagree', peer: 2, by: 3 },
  othersDiverged: { code: 'othersDiverged', peers: [2, 3], point: { member: 1, index: 7 } },
  stateMachineFailed: { code: 'stateMachineFailed', method: 'apply', detail: 'Error: boom', untold: 3 },
  observerFailed: { code: 'observerFailed', what: 'written of the tap', detail: 'Error: boom' },
  stalled: { code: 'stalled', ms: 812, cause: 'snapshot' },
  stateLoads: { code: 'stateLoads', loaded: 410, size: 1_000 },
  stateLoaded: { code: 'stateLoaded', bytes: 1_000, afterMs: 900 },
  caughtUp: { code: 'caughtUp', afterMs: 6_000 },
  checkpointFailed: { code: 'checkpointFailed', error },
  snapshotInstalled: { code: 'snapshotInstalled', donor: 2, bytes: 1_000 },
  snapshotUseless: { code: 'snapshotUseless', donor: 2, error },
  snapshotTooLarge: { code: 'snapshotTooLarge', bytes: 101, snapshotBytesMax: 100 },
  linkUp: { code: 'linkUp', peer: 2 },
  linkDown: { code: 'linkDown', peer: 2, reason: 'silent', detail: 'no sign of life' },
  incomingLinkLost: { code: 'incomingLinkLost', peer: undefined, remote, detail: 'gone' },
  incomingLinkRejected: { code: 'incomingLinkRejected', peer: 2, remote, detail: 'garbage' },
  messageTooLarge: { code: 'messageTooLarge', peer: 2, frameBytesMax: 100 },
  clientTooSlow: { code: 'clientTooSlow', remote, queueBytesMax: 100 },
  clientRejected: { code: 'clientRejected', remote, detail: 'garbage' },
  clientsNotAccepted: { code: 'clientsNotAccepted', error },
  connectionFailed: { code: 'connectionFailed', remote, error },
  tooManyConnections: { code: 'tooManyConnections', remote, path: '/client', count: 9 },
  connectionRefused: { code: 'connectionRefused', remote, path: '/tap', status: 403, detail: 'Forbidden' },
  handshakeFailed: { code: 'handshakeFailed', path: '/peer', error },
  requestFailed: { code: 'requestFailed', remote, error },
  serverFailed: { code: 'serverFailed', error },
  viewerConnected: { code: 'viewerConnected', remote },
  viewerTooSlow: { code: 'viewerTooSlow', remote },
}

describe('events of a replica', () => {
  it('each has a level, and a text of one line that says its fields', () => {
    expect([...replicaEventCodes].sort()).to.deep.equal(Object.keys(samples).sort())
    for (const event of Object.values(samples)) {
      expect(levelOf(event), event.code).to.be.oneOf(['info', 'warn', 'error'])
      const text = textOf(event)
      expect(text, event.code).to.match(/^[^\n]+$/)
      expect(text, event.code).not.to.match(/undefined|\[object/)
      for (const value of Object.values(event).flat())
        if (typeof value === 'number' || (typeof value === 'string' && value !== event.code))
          expect(text, event.code).to.contain(String(value))
    }
  })

  it('becomes plain data for a machine: errors as code and message', () => {
    expect(JSON.parse(JSON.stringify(plainOf(samples.stopping)))).to.deep.equal({
      level: 'error',
      code: 'stopping',
      error: { code: 'storeFull', message: 'the disk is full' },
      text: 'stopping: the disk is full',
    })
    for (const event of Object.values(samples))
      expect(JSON.parse(JSON.stringify(plainOf(event))), event.code).to.include({ code: event.code })
  })
})
