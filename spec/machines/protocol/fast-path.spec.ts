import { expect } from 'chai'
import type { Dependencies } from '../../../machines/protocol/dependencies.ts'
import {
  isFastPathPossible,
  judgePreAccepts,
  lackedByFastPath,
  type PreAcceptVerdict,
  unionOfReplies,
} from '../../../machines/protocol/fast-path.ts'
import { quorumsOf } from '../../../machines/protocol/quorums.ts'
import { product } from './support/product.ts'

type Reply = 'none' | 'equal' | 'deviating'

/** Rule 3.3 word by word, over sets of ranks. */
function literally(
  n: number,
  replies: readonly Reply[],
  down: readonly boolean[],
  isWaitOver: boolean,
): PreAcceptVerdict {
  const { e, f } = quorumsOf(n)
  const ranksWith = (reply: Reply) => replies.flatMap((each, rank) => (each === reply ? [rank] : []))
  const equal = ranksWith('equal')
  const believedDown = ranksWith('none').filter(rank => down[rank])
  const counted = new Set([...ranksWith('deviating'), ...believedDown])
  const canBeFast = counted.size <= e
  const answered = n - ranksWith('none').length
  if (equal.length >= n - e) return 'fast'
  if (answered >= n - f) return !canBeFast || isWaitOver ? 'slow' : 'undecided'
  return 'tooFew'
}

describe('fast path', () => {
  const initDep = (n: number): Dependencies => new Array<number>(n).fill(1)
  const depOf = (n: number, reply: Reply): Dependencies | undefined =>
    reply === 'none' ? undefined : reply === 'equal' ? initDep(n) : initDep(n).with(n - 1, 2)

  for (const n of [1, 2, 3, 4, 5]) {
    it(`3.3: every set of replies, n = ${n}: as the rule says`, () => {
      for (const replies of product<Reply>(['none', 'equal', 'deviating'], n))
        for (const down of product([false, true], n))
          for (const givenUp of [false, true]) {
            const bits = down.reduce((all, isDown, rank) => (isDown ? all | (1 << rank) : all), 0)
            const given = replies.map(reply => depOf(n, reply))
            const found = judgePreAccepts(given, initDep(n), quorumsOf(n), bits, givenUp)
            if (found !== literally(n, replies, down, givenUp))
              expect.fail(`${replies} down ${down} given up ${givenUp}: ${found}`)
          }
    })
  }

  it('3.3: what the fast path lacks: none when it is open, else so many equal replies more', () => {
    for (const replies of product<Reply>(['none', 'equal', 'deviating'], 5)) {
      const given = replies.map(reply => depOf(5, reply))
      const lacked = lackedByFastPath(given, initDep(5), quorumsOf(5))
      expect(lacked <= 0).to.equal(judgePreAccepts(given, initDep(5), quorumsOf(5), 0, false) === 'fast')
      let more = lacked
      const then = given.map(deps => (deps === undefined && more-- > 0 ? initDep(5) : deps))
      if (lacked > 0 && more <= 0) expect(judgePreAccepts(then, initDep(5), quorumsOf(5), 0, false)).to.equal('fast')
    }
  })

  it('3.3: the fast path is possible while at most e deviate, or are down and have not answered', () => {
    for (const replies of product<Reply>(['none', 'equal', 'deviating'], 5))
      for (const down of product([false, true], 5)) {
        const bits = down.reduce((all, isDown, rank) => (isDown ? all | (1 << rank) : all), 0)
        const given = replies.map(reply => depOf(5, reply))
        const hopeless = replies.filter((reply, rank) => reply === 'deviating' || (reply === 'none' && down[rank]))
        const found = isFastPathPossible(given, initDep(5), quorumsOf(5), bits)
        expect(found, `${replies} down ${down}`).to.equal(hopeless.length <= quorumsOf(5).e)
      }
  })

  it('3.3: holes at the end of the replies are replicas that have not answered', () => {
    expect(judgePreAccepts([], [0, 0, 0], quorumsOf(3), 0, false)).to.equal('tooFew')
    expect(judgePreAccepts([[0, 0, 0]], [0, 0, 0], quorumsOf(3), 0b110, true)).to.equal('tooFew')
  })

  it('3.3: the slow path proposes the union of D0 and all replies, never the id itself', () => {
    const id = { epoch: 1, rank: 0, index: 3 }
    const replies = [[2, 0, 0], undefined, [3, 5, 1]]
    expect(unionOfReplies(id, [2, 1, 0], replies)).to.eql([2, 5, 1])
    expect(unionOfReplies(id, [2, 1, 0], [])).to.eql([2, 1, 0])
  })
})
