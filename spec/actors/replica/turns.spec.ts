import { expect } from 'chai'
import { Turns } from '../../../actors/replica/turns.ts'

/** Turns whose rounds of the event loop end when the spec says so. */
function turnsOf(isDeferring = true) {
  const log: string[] = []
  const due: (() => void)[] = []
  let isHalted = false
  const turns = new Turns({
    works: { during: (_, run) => run() },
    defer: isDeferring ? run => due.push(run) : undefined,
    finish: () => log.push('finish'),
    failed: error => log.push(`failed ${(error as Error).message}`),
    isHalted: () => isHalted,
  })
  const say = (text: string) => () => {
    log.push(text)
  }
  const endRound = (): void => {
    for (const run of due.splice(0)) run()
  }
  return { turns, log, due, say, endRound, halt: () => (isHalted = true) }
}

describe('turns', () => {
  it('what many connections ask in one round of the event loop is finished once, at its end', () => {
    const { turns, log, say, endRound } = turnsOf()
    for (const client of ['a', 'b', 'c']) turns.gather(say(client))
    expect(log).to.deep.equal(['a', 'b', 'c'])
    endRound()
    expect(log).to.deep.equal(['a', 'b', 'c', 'finish'])
    turns.gather(say('d'))
    endRound()
    expect(log.slice(4)).to.deep.equal(['d', 'finish'])
  })

  it('a frame of a peer ends its turn at once, and takes along what was gathered; nothing is left for the end of the round', () => {
    const { turns, log, say, endRound } = turnsOf()
    turns.gather(say('client'))
    turns.take(say('peer'))
    expect(log).to.deep.equal(['client', 'peer', 'finish'])
    endRound()
    expect(log).to.deep.equal(['client', 'peer', 'finish'])
  })

  it('asks for the end of a round once, also when a peer came between', () => {
    const { turns, log, due, say, endRound } = turnsOf()
    turns.gather(say('a'))
    turns.take(say('peer'))
    turns.gather(say('b'))
    expect(due).to.have.length(1)
    endRound()
    expect(log).to.deep.equal(['a', 'peer', 'finish', 'b', 'finish'])
  })

  it('work within a turn is part of it', () => {
    const { turns, log, due, say } = turnsOf()
    turns.take(() => {
      turns.gather(say('inner'))
      turns.take(say('too'))
      log.push('outer')
    })
    expect(log).to.deep.equal(['inner', 'too', 'outer', 'finish'])
    expect(due).to.deep.equal([])
  })

  it('without a round to wait for, each turn ends by itself', () => {
    const { turns, log, say } = turnsOf(false)
    turns.gather(say('a'))
    turns.gather(say('b'))
    expect(log).to.deep.equal(['a', 'finish', 'b', 'finish'])
  })

  it('nothing is finished once the replica has ended, and errors are told', () => {
    const { turns, log, say, endRound, halt } = turnsOf()
    turns.gather(() => {
      throw new Error('of a client')
    })
    turns.gather(say('a'))
    halt()
    endRound()
    expect(log).to.deep.equal(['failed of a client', 'a'])
  })
})
