import { createActor } from 'xstate'
import { type Due, Watch } from '../../../actors/instances/watch.ts'
import type { Entry } from '../../../actors/records/entry.ts'
import { defaultLimits, type Limits } from '../../../actors/shared/limits.ts'
import { TimerQueue } from '../../../actors/shared/timers.ts'
import { instanceMachine } from '../../../machines/instance/machine.ts'
import { silentEffects } from '../../machines/instance/support/effects.ts'
import { FakeClock } from './clock.ts'
import { commandOf, idOf, ledgerOf, put } from './ledger.ts'

const silent = instanceMachine.provide({ actions: silentEffects })

interface World {
  readonly self?: number
  readonly n?: number
  readonly live?: readonly number[]
  readonly random?: () => number
  readonly limits?: Partial<Limits>
}

/** The watch of one replica, its statecharts without effects; delays are as in the limits, without jitter. */
export function setUp({ self = 1, n = 3, live = [0, 1, 2], random = () => 0, limits = {} }: World = {}) {
  const clock = new FakeClock()
  const { ledger } = ledgerOf(n)
  const did: string[] = []
  const state = { live, fetchable: false, flushMs: 0, haveRoom: true }
  const note = (what: string, { id }: Entry) => did.push(`${clock.now()} ${what} ${id.rank}.${id.index}`)
  const actorOf = (entry: Entry) => {
    entry.actor ??= createActor(silent, {
      input: { id: entry.id, self, quorums: ledger.membership.quorums },
    }).start()
    return entry.actor
  }
  const watch = new Watch(n, {
    tap: undefined,
    disk: {
      get isSlow() {
        return state.flushMs > 100
      },
      get flushMs() {
        return state.flushMs
      },
    },
    self,
    ledger,
    timers: new TimerQueue<Due>(
      clock,
      timers => {
        for (const { entry, event, acted } of timers()) {
          note(event.type === 'resend' ? 'resend' : 'recover', entry)
          actorOf(entry).send(event)
          acted()
        }
      },
      () => {},
    ),
    limits: { ...defaultLimits, ...fixed, ...limits },
    random,
    live: () => state.live,
    slow: () => [],
    hearsQuorum: () => true,
    isFetchable: () => state.fetchable,
    ask: (leader, entry) => note(`ask ${leader} for`, entry),
    haveRoom: () => state.haveRoom,
  })
  return {
    clock,
    ledger,
    watch,
    did,
    state,
    /** What was done in the next `ms`. */
    within: (ms: number): string[] => {
      const from = did.length
      clock.pass(ms)
      return did.slice(from)
    },
    /** Another replica asks for it. @returns whether the statechart hears of that */
    asked: (rank: number, index: number): boolean => {
      const entry = ledger.entry(idOf(rank, index))
      let heard = false
      watch.askedFor(entry, () => {
        heard = true
        actorOf(entry).send({ type: 'tryRecover', from: 2, message: { type: 'tryRecover', id: entry.id } })
      })
      return heard
    },
    actorOf: (rank: number, index: number) => actorOf(ledger.entry(idOf(rank, index))),
    submit: (index: number) => {
      const dep = new Array<number>(n).fill(0)
      const id = idOf(self, index)
      actorOf(ledger.entry(id)).send({
        type: 'preAccept',
        from: self,
        message: { type: 'preAccept', id, cmd: commandOf(put('x')), dep },
        conflicting: dep,
      })
      watch.heardOf(self, index)
    },
  }
}

const fixed = {
  retransmitDelayMs: 200,
  retransmitDelayMaxMs: 2_000,
  recoveryDelayMs: 100,
  recoveryDelayMaxMs: 1_000,
  recoveriesMax: 256,
}
