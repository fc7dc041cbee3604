import { expect } from 'chai'
import { lacks } from '../../../examples/debugger/model/lacks.ts'
import { newState } from '../../../examples/debugger/model/new-state.ts'
import { groupOf, messageTypes } from '../../../examples/debugger/model/protocol.ts'
import { reduce } from '../../../examples/debugger/model/reduce.ts'
import type { TraceEvent, TraceHeader } from '../../../examples/debugger/trace/format.ts'
import { judgePreAccepts } from '../../../machines/protocol/fast-path.ts'
import { messageNumbers } from '../../../machines/protocol/messages.ts'
import { quorumsOf } from '../../../machines/protocol/quorums.ts'
import { product } from '../../machines/protocol/support/product.ts'

const members = [1, 2, 3, 4, 5]
const header: TraceHeader = {
  trace: 'epaxos',
  version: { major: 1, minor: 0 },
  source: 'world',
  title: 'five',
  members,
  names: ['A', 'B', 'C', 'D', 'E'],
  quorums: quorumsOf(members.length),
  values: 'masked',
  limits: {},
}
const own = [0, 0, 0, 0, 0]
const other = [0, 1, 0, 0, 0]

type Reply = 'none' | 'equal' | 'deviating'
const depOf = (reply: Reply) => (reply === 'none' ? undefined : reply === 'equal' ? own : other)

/** A.1 as A drives it, with these replies of the members, and these members believed down. */
function preAccepting(replies: readonly Reply[], down: readonly boolean[]): readonly TraceEvent[] {
  const answers = members.flatMap((from, rank) => {
    const dep = depOf(replies[rank]!)
    return dep === undefined ? [] : [{ from, dep }]
  })
  const common = { ms: 0, at: 1, id: '1.1' } as const
  return [
    {
      kind: 'stepped',
      ...common,
      event: 'propose',
      before: 'initial/following',
      after: 'preAccepted/preAccepting',
      attempt: { ballot: 0, preAcceptOks: answers, down: members.filter((_, rank) => down[rank]) },
    },
    { kind: 'written', ...common, record: { phase: 'preAccepted', bal: 0, abal: 0, dep: own, initDep: own } },
  ]
}

describe('debugger: what it knows of the protocol', () => {
  it('every type of message, and a place for those of other versions', () => {
    expect([...messageTypes].sort()).to.deep.equal(Object.keys(messageNumbers).sort())
    expect(groupOf('validateOk')).to.equal('recover')
    expect(groupOf('fromTheFuture')).to.equal('other')
    expect(groupOf('constructor')).to.equal('other')
  })

  it('says that the fast path is impossible exactly where the protocol no longer waits for it', () => {
    for (const replies of product<Reply>(['none', 'equal', 'deviating'], 5))
      for (const down of product([false, true], 5)) {
        const bits = down.reduce((all, isDown, rank) => (isDown ? all | (1 << rank) : all), 0)
        const verdict = judgePreAccepts(replies.map(depOf), own, quorumsOf(5), bits, false)
        const state = preAccepting(replies, down).reduce(reduce, newState(header))
        const [fast, slow] = lacks(state, 1, '1.1')
        const what = `${replies} down ${down}`
        if (verdict === 'slow') expect(fast!.isImpossible, what).to.equal(true)
        if (verdict === 'undecided' || verdict === 'fast') expect(fast!.isImpossible, what).to.equal(false)
        expect(slow!.words.startsWith('the wait for the fast path'), what).to.equal(
          verdict === 'undecided' || verdict === 'fast',
        )
      }
  })
})
