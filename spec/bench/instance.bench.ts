import { type AnyActorRef, createActor, createMachine } from 'xstate'
import { type InstanceMachine, instanceMachine } from '../../machines/instance/machine.ts'
import { quorumsOf } from '../../machines/protocol/quorums.ts'
import { silentEffects } from '../machines/instance/support/effects.ts'
import { commit, executed, id, preAccept, preAcceptOk, type Step, submit } from '../machines/instance/support/events.ts'
import { measure } from './support/measure.ts'

/** Spawning one instance and driving it to its end, without outbox, ledger and executor. */
const machine = instanceMachine.provide({ actions: silentEffects }) as InstanceMachine
const parent: AnyActorRef = createActor(createMachine({})).start()
const many = 1_000

function play(n: number, self: number, history: readonly Step[]): () => void {
  const input = { id, self, quorums: quorumsOf(n) }
  const events = history.map(step => step(n))
  return () => {
    for (let each = 0; each < many; each++) {
      const actor = createActor(machine, { parent, id: `0.${each}`, input }).start()
      for (const event of events) actor.send(event)
      if (actor.getSnapshot().status !== 'done') throw new Error('the instance did not end')
    }
  }
}

await measure('spawn alone, n = 3', many, () => {
  const input = { id, self: 0, quorums: quorumsOf(3) }
  for (let each = 0; each < many; each++) createActor(machine, { parent, id: `0.${each}`, input }).start()
})
await measure('coordinator, fast path, n = 3', many, play(3, 0, [submit(), preAcceptOk(0), preAcceptOk(1), executed]))
await measure(
  'coordinator, fast path, n = 5',
  many,
  play(5, 0, [submit(), preAcceptOk(0), preAcceptOk(1), preAcceptOk(2), executed]),
)
await measure('acceptor, preAccept and commit, n = 3', many, play(3, 1, [preAccept(), commit(0), executed]))
await measure('learner, commit alone, n = 3', many, play(3, 1, [commit(0), executed]))
