import { type Mutant, patch } from '../mutant.ts'

const admission = 'actors/instances/admission.ts'

/** What a peer says is believed without a check (section 7), and what a recovery that waits keeps. */
export const whatCannotBe: readonly Mutant[] = [
  {
    rows: ['7.1'],
    breaks: 'a command is voted for that no replica could execute',
    patches: [patch(admission, 'this.#badPayload(message, record)\n    )', 'undefined\n    )')],
    scenario: 'input 29, 7.1: a payload of an unknown kind',
  },
  {
    rows: ['7.2'],
    breaks: 'another decision for a committed id ends the replica that is told it',
    patches: [patch(admission, 'this.#contradiction(from, message, record) ??', 'undefined ??')],
    scenario: 'input 29, 7.2: another decision',
  },
  {
    rows: ['7.2'],
    breaks: 'who contradicts is heard on',
    patches: [patch('actors/replica/dispatch.ts', 'if (this.#ports.distrust.ignores(from)) return\n', '')],
    scenario: 'input 29, 7.2: another decision',
  },
  {
    rows: ['7.3'],
    breaks: 'a heartbeat tells of all rows what is known',
    patches: [
      patch(
        'actors/replica/dispatch.ts',
        'heard.announced(from, message.known[from]!)',
        'message.known.forEach((index, row) => heard.announced(row, index))',
      ),
    ],
    scenario: 'input 29, 7.3: in a heartbeat',
  },
  {
    rows: ['7.3'],
    breaks: 'a heartbeat adds the whole window at once',
    patches: [patch('actors/instances/heard.ts', 'Math.min(index, most)', 'Math.min(index, index + most)')],
    scenario: 'input 29, 7.3: in a heartbeat',
  },
  {
    rows: ['7.3'],
    breaks: 'any number of unknown ids is heard of within a moment',
    patches: [
      patch(
        'actors/instances/gap-budget.ts',
        'this.#rows[rank]!.left = Math.max(0, left - count)',
        'this.#rows[rank]!.left = Math.max(0, left - 0 * count)',
      ),
    ],
    scenario: 'input 29, 7.3: in a heartbeat',
  },
  {
    rows: ['7.3'],
    breaks: 'a barrier raises D0, decided or not',
    patches: [
      patch(
        'actors/replica/wiring/proposing.ts',
        'least([links.barriers, ledger.committedPrefix])',
        'least([links.barriers])',
      ),
    ],
    scenario: 'input 29, 7.3: a barrier',
  },
  {
    rows: ['7.3'],
    breaks: 'dependencies are taken however far away they lie',
    patches: [
      patch(
        admission,
        '(isFetched ? undefined : reach.faultOf(from, message)) ??',
        '(isFetched ? undefined : undefined) ??',
      ),
    ],
    scenario: 'input 29, 7.3: dependencies beyond the window',
  },
  {
    rows: ['7.3'],
    breaks: 'a dependency on what a live owner has not announced is taken',
    patches: [patch('machines/protocol/reach.ts', 'return isLive && index', 'return isLive && index < 0 && index')],
    scenario: 'input 29, 7.3: dependencies beyond the window',
  },
  {
    rows: ['7.3'],
    breaks: 'a dependency on what an owner has not announced is refused, though it is dead',
    patches: [patch('machines/protocol/reach.ts', 'return isLive && index', 'return index')],
    scenario: 'input 29, 7.3: of an owner that is not heard',
  },
  {
    rows: ['7.3'],
    breaks: 'fetched commits are refused for what they depend on',
    patches: [
      patch(admission, '(isFetched ? undefined : reach', '(isFetched && isFetched === undefined ? undefined : reach'),
    ],
    scenario: 'section 7: what lies beyond the index window',
  },
  {
    rows: ['7.3'],
    breaks: 'the id of a message counts up to the window, whoever names it',
    patches: [patch('actors/instances/reach.ts', 'from === id.rank ? undefined :', 'from >= 0 ? undefined :')],
    scenario: '7.3: what another says of the id',
  },
  {
    rows: ['7.5'],
    breaks: 'stable is believed of what its sender has not told as executed',
    patches: [patch('actors/instances/reach.ts', '?? 0) >= index) return undefined', '?? 0) >= 0) return undefined')],
    scenario: '7.5: stable of what',
  },
  {
    rows: ['7.3'],
    breaks: 'the id of a reply to nobody is heard of',
    patches: [
      patch(
        admission,
        'if (repliesOnly.has(message.type) && !this.#isAwaited(from, message)) return dropped\n',
        'if (repliesOnly.has(message.type) && !this.#isAwaited(from, message)) {\n      watch.heardOf(id.rank, id.index)\n      return dropped\n    }\n',
      ),
    ],
    scenario: '7.3: a reply to nobody',
  },
  {
    rows: ['7.4'],
    breaks: 'a ballot is promised above which there is none',
    patches: [patch(admission, 'beyondReason(message, record) ??', '')],
    scenario: '7.4: a ballot',
  },
  {
    rows: ['4.5.3'],
    breaks: 'a recovery that waits for another instance keeps its slot',
    patches: [
      patch(
        'actors/instances/recovery-slots.ts',
        'for (const each of this.#leading) if (this.#waits(each)) this.#leading.delete(each)\n',
        '',
      ),
    ],
    scenario: '4.5.3: a recovery that waits gives its slot up',
  },
  {
    rows: ['7.6'],
    breaks: 'what a peer says that it has executed is waited for, for ever',
    patches: [
      patch(
        'actors/records/donors.ts',
        'forMs > this.#heldMaxMs && this.#ledger.distance(rank, index) <= firstOfRow',
        'forMs > 1e12 && this.#ledger.distance(rank, index) <= this.#heldMaxMs + firstOfRow',
      ),
    ],
    scenario: '7.6: who says that it has executed',
  },
]
