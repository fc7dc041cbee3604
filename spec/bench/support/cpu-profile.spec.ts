import { expect } from 'chai'
import { byFunction, byModule, type CpuProfile, withoutFirst } from './cpu-profile.ts'

const node = (id: number, functionName: string, url: string, children: number[] = []) => ({
  id,
  callFrame: { functionName, url, lineNumber: 9 },
  children,
})
/** root > turn > send > turn (again) > send, and root > idle. */
const profile: CpuProfile = {
  nodes: [
    node(1, '(root)', '', [2, 6]),
    node(2, 'turn', 'file:///x/actors/replica/replica.ts', [3]),
    node(3, 'send', 'file:///x/node_modules/xstate/dist/a.js', [4]),
    node(4, 'turn', 'file:///x/actors/replica/replica.ts', [5]),
    node(5, 'send', 'file:///x/node_modules/@s/y/b.js'),
    node(6, '(idle)', ''),
  ],
  samples: [2, 3, 4, 5, 6, 5],
  timeDeltas: [1, 2, 4, 8, 100, 16],
}

describe('bench: CPU profiles', () => {
  it('adds up by function: what calls itself counts once', () => {
    expect(byFunction(profile).find(({ name }) => name === 'turn actors/replica/replica.ts:10')).to.include({
      selfUs: 5,
      totalUs: 31,
    })
  })

  it('leaves out the beginning', () => {
    const all = byFunction(withoutFirst(profile, 15))
    expect(all.reduce((sum, { selfUs }) => sum + selfUs, 0)).to.equal(100 + 16)
    expect(withoutFirst(profile, 1_000).samples).to.deep.equal([])
  })

  it('adds up by module', () => {
    const all = Object.fromEntries(byModule(profile).map(({ name, selfUs, totalUs }) => [name, [selfUs, totalUs]]))
    expect(all).to.deep.equal({
      '(root)': [0, 131],
      '(idle)': [100, 100],
      'actors/replica/replica.ts': [5, 31],
      xstate: [2, 30],
      '@s/y': [24, 24],
    })
  })
})
