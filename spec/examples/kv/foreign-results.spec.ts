import { expect } from 'chai'
import type { Client } from '../../../actors/client/client.ts'
import { kvClientOver } from '../../../examples/kv/client.ts'
import { get, type KvCommand, put } from '../../../examples/kv/commands.ts'
import { kvResultOf } from '../../../examples/kv/foreign-results.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'

/** A client of a cluster whose state machine answers this. */
const clientAnswered = (result: unknown) =>
  kvClientOver({ ask: () => Promise.resolve(result), look: () => Promise.resolve(result) } as unknown as Client)

describe('key-value client of another state machine', () => {
  it('input 35: says so with a code, whatever it is answered', async () => {
    const answers = [undefined, null, 7, 'text', [], {}, { ok: true }, { ok: true, value: [1] }, { ok: false }]
    for (const answer of answers) {
      const error: unknown = await clientAnswered(answer)
        .get('k')
        .catch((found: unknown) => found)
      expect(error, JSON.stringify(answer)).to.include({ name: 'EpaxosError', code: 'malformed' })
      expect(error).to.have.property('message').that.includes('seems to run another state machine')
    }
  })

  it('takes all that the store answers, errors too', () => {
    const store = createKvStateMachine()
    const commands: KvCommand[] = [put('k', 'v'), get('k'), get('absent')]
    for (const command of commands) {
      const result = store.apply(command)
      expect(kvResultOf(command, result)).to.equal(result)
    }
    const refused = { ok: false, error: { code: 'notANumber', message: 'no' } }
    expect(kvResultOf(get('k'), refused)).to.equal(refused)
  })
})
