import { expect } from 'chai'
import { Opened } from '../../../actors/node/opened.ts'

describe('what a node has opened', () => {
  it('is closed in the reverse order, once, whatever of it cannot be closed', async () => {
    const closed: string[] = []
    const opened = new Opened()
    opened.add(() => {
      closed.push('port')
    })
    opened.add(async () => {
      closed.push('store')
      throw new Error('the store cannot be closed')
    })
    opened.add(() => {
      closed.push('door')
      throw new Error('the door cannot be closed')
    })
    const failure = await opened.close().then(
      () => undefined,
      error => error,
    )
    expect(failure).to.be.an('error').with.property('message', 'the door cannot be closed')
    expect(closed).to.eql(['door', 'store', 'port'])
    await opened.close().catch(() => undefined)
    expect(closed).to.have.length(3)
  })
})
