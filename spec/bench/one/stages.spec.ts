import { expect } from 'chai'
import type { Mark, MarkKind } from './marks.ts'
import { stageNames, stagesOf, summaryOf } from './stages.ts'

const mark = (kind: MarkKind, us: number, index?: number, peer?: number): Mark => ({ kind, us, index, peer })

/** One command of the instance `index`, sent at `us`; replica 2 answers first. */
const command = (index: number, us: number): readonly (readonly Mark[])[] => [
  [
    mark('written', us + 10, index),
    mark('preAcceptSent', us + 12, index, 1),
    mark('preAcceptSent', us + 13, index, 2),
    mark('voteCame', us + 100, index, 2),
    mark('flushBegan', us + 104),
    mark('voteCame', us + 130, index, 1),
    mark('flushEnded', us + 150),
    mark('executed', us + 155, index),
  ],
  [mark('preAcceptCame', us + 40, index, 0), mark('voteSent', us + 120, index, 0)],
  [
    mark('flushBegan', us + 1),
    mark('flushEnded', us + 31),
    mark('preAcceptCame', us + 33, index, 0),
    mark('flushBegan', us + 35),
    mark('flushEnded', us + 80),
    mark('voteSent', us + 82, index, 0),
  ],
]
const joined = (...commands: readonly (readonly (readonly Mark[])[])[]) =>
  [0, 1, 2].map(rank => commands.flatMap(each => each[rank]!))

describe('where the wait of one command goes', () => {
  it('is told part by part, by way of the voter that answered first', () => {
    const seen = { sentUs: 1_000, answeredUs: 1_170 }
    expect(stagesOf(command(1, 1_000), [seen])).to.eql([[10, 3, 20, 2, 45, 2, 18, 4, 46, 5, 15]])
    expect(stageNames).to.have.length(11)
  })

  it('leaves out commands that have not gone this way', () => {
    const marks = joined(command(1, 1_000), command(2, 2_000))
    const lacking = marks.map((some, rank) => (rank === 2 ? some.filter(({ us }) => us < 2_000) : some))
    const seen = [
      { sentUs: 1_000, answeredUs: 1_170 },
      { sentUs: 2_000, answeredUs: 2_170 },
    ]
    expect(stagesOf(marks, seen)).to.have.length(2)
    expect(stagesOf(lacking, seen)).to.have.length(1)
  })

  it('sums up: medians of parts, and of the whole wait', () => {
    const { commands, stages, whole } = summaryOf([
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 31],
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 21],
    ])
    expect(commands).to.equal(3)
    expect(stages.at(-1)).to.eql({ name: 'answer to the client', p50: 21, p99: 31 })
    expect(whole).to.eql({ p50: 76, p99: 86 })
  })
})
