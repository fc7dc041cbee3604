import { expect } from 'chai'
import { createDraw } from '../sim/world/random.ts'
import { attackIn, lineOfAttack } from './attack.ts'
import { type DoorName, doorNames } from './doors/door.ts'
import { doorBefore, kindNames } from './doors/of-members.ts'

/** The first attacks of a seed on a door. */
const drawn = (name: DoorName, seed: number, count: number) => {
  const door = doorBefore(name)
  return Array.from({ length: count }, (_, no) => ({ ...door.attack(createDraw(`fuzz ${seed} ${no}`)), no }))
}

describe('fuzz: attacks', () => {
  for (const name of doorNames) {
    it(`of one seed on ${name} are equal, of two seeds not`, () => {
      expect(drawn(name, 1, 300)).to.deep.equal(drawn(name, 1, 300))
      expect(drawn(name, 1, 300)).to.not.deep.equal(drawn(name, 2, 300))
    })

    it(`on ${name} are the same once they were written down and read`, () => {
      for (const attack of drawn(name, 3, 300)) expect(attackIn(lineOfAttack(attack))).to.deep.equal(attack)
    })

    it(`on ${name} are of all its kinds, to all its targets`, () => {
      const all = drawn(name, 4, 2_000)
      const kinds = new Set(all.map(({ kind }) => kind))
      expect([...kinds].sort()).to.deep.equal([...kindNames(name)].sort())
      expect(new Set(all.map(({ to }) => to)).size).to.equal(doorBefore(name).targets.length)
    })
  }
})
