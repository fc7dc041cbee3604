import { expect } from 'chai'
import { OwnStore } from '../../../actors/records/own-store.ts'
import type { OwnLife } from '../../../machines/protocol/store-lives.ts'
import { createMemoryDisk } from '../../../storage/simulated/disk.ts'
import { outboxOf } from '../support/outbox.ts'

function world() {
  const { store, outbox, turn } = outboxOf()
  const own = new OwnStore({ random: () => 0.5, outbox })
  const disk = createMemoryDisk()
  disk.format({ cluster: 'c', member: 1, members: [1], epoch: 1, storeIdentity: 'a' })
  const begun: string[] = []
  const begin = (life: OwnLife | undefined) =>
    turn(() => own.begin({ ...disk.contents()!, life }, () => begun.push('begun')))
  return { own, store, outbox, turn, begun, begin, lives: () => store.batches.map(({ life }) => life) }
}

describe('the life of the own store', () => {
  it('the first start begins the first one, and has begun once that is durable', () => {
    const { own, store, begun, begin, lives } = world()
    begin(undefined)
    expect(own.life).to.include({ life: 1, isLetIn: false })
    expect(lives()).to.deep.equal([own.life])
    expect(begun).to.deep.equal([])
    store.end()
    expect(begun).to.deep.equal(['begun'])
  })

  it('on a full disk it begins when there is room', () => {
    const { own, store, turn, begun, begin } = world()
    begin(undefined)
    store.end('storeFull')
    expect(begun).to.deep.equal([])
    turn(() => own.letIn())
    expect(begun, 'nobody is greeted').to.deep.equal([])
  })

  it('a start after a life that was let in begins the next; after another it goes on, with nothing to write', () => {
    const next = world()
    next.begin({ life: 6, token: 'x', isLetIn: true })
    expect(next.own.life).to.include({ life: 7, isLetIn: false })
    const same = world()
    same.begin({ life: 7, token: 'x', isLetIn: false })
    expect(same.own.life).to.deep.equal({ life: 7, token: 'x', isLetIn: false })
    expect([same.begun, same.lives()]).to.deep.equal([['begun'], []])
  })

  it('is marked once, when a peer has let it in', () => {
    const { own, store, outbox, turn, begin, lives } = world()
    begin(undefined)
    store.end()
    turn(() => own.letIn())
    turn(() => own.letIn())
    turn(() => outbox.whenDurable(() => undefined))
    expect(lives()[1]).to.include({ life: 1, isLetIn: true })
  })
})
