import { expect } from 'chai'
import { ReplicatedState } from '../../../actors/execution/replicated-state.ts'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import type { Timer } from '../../../actors/shared/timers.ts'
import { Checkpoints } from '../../../actors/state/checkpoints.ts'
import { StateWrites } from '../../../actors/state/state-writes.ts'
import { put } from '../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { envelopes } from '../../../machines/protocol/envelope.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import type { StoredCheckpoint } from '../../../storage/state-store.ts'
import { FakeClock } from '../support/clock.ts'
import { idOf, ledgerOf, write } from '../support/ledger.ts'
import { outboxOf } from '../support/outbox.ts'
import { userStateMachine } from '../support/user-state-machine.ts'

const codec = createCodec(defaultLimits)
const none = [0, 0, 0]

/** A checkpoint of three keys that is begun, over a journal and a state file whose writes end when the spec says so. */
function begun() {
  const clock = new FakeClock()
  const { ledger } = ledgerOf(3)
  const journal = outboxOf()
  const state = new ReplicatedState(userStateMachine(createKvStateMachine(), codec), codec, () => undefined)
  for (const key of ['a', 'b', 'c']) state.apply(envelopes.command(put(key, 'v')))
  const committed: StoredCheckpoint[] = []
  const writes: (() => void)[] = []
  let keys = 0
  const checkpoints = new Checkpoints({
    limits: defaultLimits,
    timers: {
      now: () => clock.now(),
      set: (delayMs, run) => clock.setTimeout(() => journal.turn(run), delayMs) as Timer,
    },
    codec,
    ledger,
    outbox: journal.outbox,
    execution: {
      place: () => ({ prefix: none, above: [[], [], []], commands: 3, agreed: none }),
      adopt: () => undefined,
    },
    state,
    progress: { hold: () => undefined, release: () => undefined },
    works: { during: (_, run) => run() },
    store: new StateWrites(() => ({
      add: (segments, done) =>
        writes.push(() =>
          done(
            null,
            segments.map(() => ++keys),
          ),
        ),
      commit(checkpoint, done) {
        writes.push(() => {
          committed.push(checkpoint)
          done(null)
        })
      },
      drop: () => undefined,
      read: () => undefined,
      pin: () => () => undefined,
    })),
    turn: journal.turn,
    truncated: () => undefined,
    failed: error => expect.fail(error.message),
    log: () => undefined,
  })
  // The commit of something executed, whose flush hangs.
  journal.turn(() => {
    journal.write(write(ledger, idOf(0, 1), { phase: 'committed' }))
    journal.outbox.whenDurable(() => undefined)
  })
  checkpoints.begin(none)
  return { clock, journal, checkpoints, committed, stored: () => writes.shift()!(), writes }
}

describe('a checkpoint under way', () => {
  it('sets no timer while the journal hangs, and goes on once the records before its point are durable (T10)', () => {
    const { clock, journal, stored, writes, committed } = begun()
    clock.pass(1_000)
    stored()
    clock.pass(1_000)
    expect([writes.length, clock.armed], 'all segments are stored').to.deep.equal([0, 0])
    journal.durable()
    // The point came after the flush had begun.
    if (journal.store.isWriting) journal.durable()
    clock.pass(1_000)
    expect([writes.length, committed.length], 'the manifest is being written').to.deep.equal([1, 0])
    stored()
    expect(committed.map(({ number }) => number)).to.deep.equal([1])
  })

  it('sets no timer while the state file hangs, and clears up behind itself once it is durable', () => {
    const { clock, journal, checkpoints, stored, writes } = begun()
    journal.durable()
    clock.pass(1_000)
    expect([writes.length, clock.armed], 'segments are being written').to.deep.equal([1, 0])
    stored()
    clock.pass(1_000)
    expect([writes.length, clock.armed], 'the manifest is being written').to.deep.equal([1, 0])
    stored()
    clock.pass(1_000)
    expect([checkpoints.isUnderWay, clock.armed]).to.deep.equal([false, 0])
  })
})
