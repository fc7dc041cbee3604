import { expect } from 'chai'
import { GapBudget } from '../../../actors/instances/gap-budget.ts'

describe('the budget of ids that are skipped', () => {
  it('lets some be skipped at once, and more as time goes on, in each row', () => {
    let nowMs = 5
    const budget = new GapBudget(2, 64, () => nowMs)
    expect([budget.left(0), budget.left(1)]).to.deep.equal([64, 64])
    budget.skipped(0, 60)
    budget.skipped(0, 0)
    budget.skipped(0, -3)
    expect([budget.left(0), budget.left(1)]).to.deep.equal([4, 64])
    budget.skipped(0, 1_000)
    expect(budget.left(0), 'never below none').to.equal(0)
    nowMs += 125
    expect(budget.left(0)).to.equal(32)
    nowMs += 60_000
    expect(budget.left(0), 'and never more').to.equal(64)
  })
})
