import { expect } from 'chai'
import { inspectWith } from '../../../examples/debugger/live/deep-inspection.ts'
import { put } from '../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { memoryCluster } from '../../actors/support/memory-cluster.ts'
import { saidDuring } from '../../support/standard-error.ts'

const cluster = () => memoryCluster({ stateMachine: () => createKvStateMachine() })

describe('inspectors of XState', () => {
  it('input 35: one that throws looks no more, the replica goes on, and says so once', async () => {
    const { replicas, execute, told } = await cluster()
    let calls = 0
    const broken = () => {
      calls++
      throw new Error('window is not defined')
    }
    inspectWith(replicas[0]!.actor, broken)
    inspectWith(replicas[1]!.actor, { next: broken })
    replicas[2]!.actor.system.inspect(broken)
    for (let at = 0; at < 5; at++) expect(await execute(1, put('k', `${at}`))).to.eql({ ok: true, value: null })
    expect(replicas.map(({ state }) => state)).to.eql(['voting', 'voting', 'voting'])
    expect(calls, 'each once').to.equal(3)
    const events = told.filter(({ event }) => event.code === 'observerFailed')
    expect(events.map(({ member }) => member).sort()).to.eql([1, 2, 3])
    expect(events[0]!.event).to.include({ what: 'an inspector', detail: 'Error: window is not defined' })
  })

  it('input 35: what is none, as from createBrowserInspector without a browser, gives words and nothing else', async () => {
    const { replicas, execute } = await cluster()
    const useless = { start: () => undefined, stop: () => undefined, send: () => undefined }
    const said = await saidDuring(async () => {
      for (const inspector of [undefined, useless, {}, { inspect: undefined }])
        inspectWith(replicas[0]!.actor, inspector as undefined)()
      await execute(1, put('k', 'v'))
    })
    expect(said).to.have.length(4)
    expect(said[0]).to.include('nothing is inspected')
  })

  it('may be given as a whole: what it has as `inspect` is asked', async () => {
    const { replicas, execute } = await cluster()
    const seen: string[] = []
    inspectWith(replicas[0]!.actor, { inspect: { next: ({ type }) => seen.push(type) } })
    await execute(1, put('k', 'v'))
    expect(seen).to.include('@xstate.microstep')
  })
})
