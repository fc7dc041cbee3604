import { expect } from 'chai'
import { checkMemberEndpoint } from '../../../actors/node/endpoints.ts'
import { listeningOf } from '../../../actors/node/listening.ts'
import { EpaxosError } from '../../../machines/protocol/errors.ts'

const clusterSecret = 'sixteen bytes or more'
const codeOf = (run: () => unknown): string | undefined => {
  try {
    run()
    return undefined
  } catch (error) {
    return error instanceof EpaxosError ? error.code : (error as Error).name
  }
}

describe('createNode: where a node listens', () => {
  it('is its own endpoint, or the address that it is given (input 20)', () => {
    expect(listeningOf('ws://127.0.0.1:7101', {})).to.deep.include({ host: '127.0.0.1', port: 7101 })
    expect(listeningOf('ws://[::1]:7101', {})).to.deep.include({ host: '::1', port: 7101 })
    const listen = { host: '0.0.0.0', port: 7000 }
    expect(listeningOf('ws://kv.example:7101', { listen, clusterSecret })).to.deep.include(listen)
  })

  it('it goes by the names of both, and by those that are allowed', () => {
    const listen = { host: '10.0.0.1', port: 7000 }
    const { access } = listeningOf('ws://kv.example:7101', { listen, clusterSecret, allowHosts: ['kv'] })
    expect(access.hosts).to.deep.equal(['kv.example', 'kv'])
  })

  it('needs a secret beyond loopback, unless that is accepted (input 29)', () => {
    for (const endpoint of ['ws://127.0.0.1:1', 'ws://127.8.9.1:1', 'ws://localhost:1', 'ws://[::1]:1'])
      expect(
        codeOf(() => listeningOf(endpoint, {})),
        endpoint,
      ).to.equal(undefined)
    for (const endpoint of [
      'ws://10.0.0.1:1',
      'ws://0.0.0.0:1',
      'ws://[::]:1',
      'ws://kv.example:1',
      'ws://127.0.0.1.nip.io:1',
    ])
      for (const [options, code] of [
        [{}, 'secretMissing'],
        [{ clusterSecret }, undefined],
        [{ insecure: true }, undefined],
        [{ clusterSecret: 'short' }, 'RangeError'],
      ] as const)
        expect(
          codeOf(() => listeningOf(endpoint, options)),
          `${endpoint} ${JSON.stringify(options)}`,
        ).to.equal(code)
    const inside = { listen: { host: '127.0.0.1', port: 1 } }
    expect(
      codeOf(() => listeningOf('ws://kv.example:1', inside)),
      'it listens on loopback',
    ).to.equal(undefined)
  })

  it('an endpoint of a member has a host and a port, and nothing else', () => {
    for (const right of ['ws://a:1', 'ws://a:80', 'ws://a:80/', 'ws://[::1]:7101', 'ws://10.0.0.1:7101/'])
      expect(
        codeOf(() => checkMemberEndpoint(right)),
        right,
      ).to.equal(undefined)
    for (const wrong of [
      'wss://a:1',
      'ws://a',
      'ws://a:1/b',
      'ws://a:1?b',
      'ws://u@a:1',
      'ws://u:p@a:1',
      'http://a:1',
      'a:1',
    ])
      expect(
        codeOf(() => checkMemberEndpoint(wrong)),
        wrong,
      ).to.equal('badEndpoint')
  })
})
