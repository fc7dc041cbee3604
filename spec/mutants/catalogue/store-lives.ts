import { type Mutant, patch } from '../mutant.ts'

const rule = 'machines/protocol/store-lives.ts'

/** A member votes on a disk that is not the one that it last voted on. */
export const storeLives: readonly Mutant[] = [
  {
    rows: ['S1'],
    breaks: 'a copy of a store may begin the life that the store has begun already',
    patches: [patch(rule, "return claim.token === known.token ? 'known' : 'twice'", "return 'known'")],
    scenario: 'S1: an old copy',
  },
  {
    rows: ['S1'],
    breaks: 'a life before the known one is let in',
    patches: [
      patch(rule, "if (claim.life < known.life) return 'wentBack'", "if (claim.life < known.life) return 'known'"),
    ],
    scenario: 'S1: an older copy',
  },
  {
    rows: ['S1'],
    breaks: 'a start begins no life',
    patches: [
      patch(
        rule,
        'if (before !== undefined && !before.isLetIn) return before',
        'if (before !== undefined) return before',
      ),
    ],
    scenario: 'S1: an old copy',
  },
  {
    rows: ['S1'],
    breaks:
      'every start begins a life, whether the last one was let in or not: a copy that is refused comes again as a later one',
    patches: [patch(rule, 'if (before !== undefined && !before.isLetIn) return before', '')],
    scenario: 'S1: a copy that is refused',
  },
  {
    rows: ['S1'],
    breaks: 'a store that lacks what its member has told is let in',
    patches: [
      patch(rule, 'told !== undefined && isBehind(claim, told)', 'told === undefined && isBehind(claim, claim)'),
    ],
    scenario: 'S1: a copy that was taken while',
  },
  {
    rows: ['S1'],
    breaks: 'another store is let in',
    patches: [patch(rule, "if (known.storeIdentity !== claim.storeIdentity) return 'foreign'", '')],
    scenario: 'S2: a peer that never met',
  },
  {
    rows: ['S1'],
    breaks: 'a store that has voted is forgotten',
    patches: [
      patch('actors/records/peer-stores.ts', "if (this.#known.get(member)?.tookPart === true) return 'tookPart'", ''),
    ],
    scenario: 'S1: a store whose votes count',
  },
  {
    rows: ['S2'],
    breaks: 'nobody believes what others say of stores',
    patches: [
      patch(
        'actors/records/peer-stores.ts',
        "if (judgement === 'later') this.#learn(member,",
        "if (judgement === 'later' && known !== undefined) this.#learn(member,",
      ),
    ],
    scenario: 'S2: a peer that never met',
  },
]
