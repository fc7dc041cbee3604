import { expect } from 'chai'
import { ConnectionsOf } from '../../../examples/bench/target.ts'

function opened(which: 'shared' | 'each') {
  const endpoints: string[] = []
  let closed = 0
  const connections = new ConnectionsOf(['a', 'b', 'c'], which, endpoint => {
    const at = endpoints.push(endpoint) - 1
    return { at, close: () => closed++ }
  })
  return { endpoints, connections, closed: () => closed }
}

describe('bench: connections', () => {
  it('shared: one to each replica, and clients are spread over them', () => {
    const { endpoints, connections } = opened('shared')
    expect([0, 1, 2, 3, 5, 1].map(client => connections.of(client).at)).to.deep.equal([0, 1, 2, 0, 2, 1])
    expect(endpoints).to.deep.equal(['a', 'b', 'c'])
  })

  it('each: one for each client, to its replica, opened once', () => {
    const { endpoints, connections, closed } = opened('each')
    expect([0, 4, 1, 4, 0].map(client => connections.of(client).at)).to.deep.equal([0, 1, 2, 1, 0])
    expect(endpoints).to.deep.equal(['a', 'b', 'b'])
    connections.close()
    expect(closed()).to.equal(3)
  })
})
