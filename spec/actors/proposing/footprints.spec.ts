import { expect } from 'chai'
import type { StateMachine } from '../../../actors/shared/state-machine.ts'
import type { Footprint } from '../../../machines/protocol/commands.ts'
import { memoryCluster } from '../support/memory-cluster.ts'
import { NumberedClient } from '../support/numbered-client.ts'

const unsound: { readonly [name: string]: unknown } = {
  nothing: undefined,
  null: null,
  text: 'k',
  'a number as key': { reads: [], writes: [7] },
  'half a character as key': { reads: ['\ud800'], writes: [] },
  'no reads': { writes: ['k'] },
  'a set of keys': { reads: [], writes: new Set(['k']) },
  'holes in its keys': { reads: [], writes: new Array(3) },
  'another word': { reads: 'everything', writes: [] },
}

/** A state machine whose footprint is what the command names. */
function createMachine(): StateMachine<unknown, unknown> {
  const keys: string[] = []
  return {
    footprint(command): Footprint {
      const name = command as string
      if (name === 'throws') throw new Error('\udfff'.repeat(10_000))
      if (name === 'throws null') throw null
      if (name === 'throws a promise') throw Promise.reject(new Error('later'))
      if (name === 'rejects') return Promise.reject(new Error('later')) as unknown as Footprint
      if (name in unsound) return unsound[name] as Footprint
      if (Array.isArray(command)) command[0] = 'changed by footprint'
      // Its own list, changed by each call.
      keys.length = 0
      keys.push(String(command))
      return { reads: [], writes: keys }
    },
    apply: command => command,
    snapshot: () => new Uint8Array(0),
    restore: () => undefined,
  }
}

const cluster = () => memoryCluster<unknown, unknown>({ stateMachine: createMachine })

describe('footprints of a state machine', () => {
  it('input 8: a command with an unsound one is refused as malformed, in words, by propose and for clients', async () => {
    const { replicas, execute, until } = await cluster()
    const client = new NumberedClient(replicas[0]!)
    await until('a session', () => client.isOpen)
    const commands = [...Object.keys(unsound), 'throws', 'throws null', 'throws a promise', 'rejects']
    for (const command of commands) {
      const error: unknown = await execute(1, command).catch((found: unknown) => found)
      expect(error, command).to.include({ name: 'ReplicaError', code: 'malformed' })
    }
    client.execute(1, ...commands)
    await until('all are answered', () => client.answers.length === commands.length)
    for (const [at, { code, reason }] of client.answers.entries()) {
      expect(code, commands[at]).to.equal('malformed')
      expect(reason).to.match(/^no command of this state machine: /)
    }
    expect(client.answers[commands.indexOf('a number as key')]!.reason).to.include(
      '`writes`: a key is a text, found a number',
    )
    expect(client.answers[commands.indexOf('rejects')]!.reason).to.include('found a promise')
    expect(await execute(2, 'sound')).to.equal('sound')
    expect(replicas.map(({ state }) => state)).to.eql(['voting', 'voting', 'voting'])
  })

  it('are copied: a state machine that returns one list of its own for all commands orders each by its key', async () => {
    const { replicas, until } = await cluster()
    const client = new NumberedClient(replicas[0]!)
    await until('a session', () => client.isOpen)
    client.execute(1, 'a', 'b', 'c')
    await until('all are answered', () => client.answers.length === 3)
    await until('the others know all keys', () => replicas.every(replica => replica.status().indexKeys === 4))
  })

  it('change no command: what is executed is what was sent, also where footprint saw it', async () => {
    const { execute } = await cluster()
    expect(await execute(1, ['sent'])).to.eql(['sent'])
  })
})
