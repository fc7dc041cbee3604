import { type Mutant, patch } from '../mutant.ts'

/** Who goes on, and when (section 4; 4.5.3 to 4.7; 8): mistakes that leave something undecided, or everybody busy. */
export const progress: readonly Mutant[] = [
  {
    rows: ['B13'],
    breaks: 'nobody is told that a recovery waits',
    patches: [
      patch(
        'machines/instance/states/drive/validating.ts',
        "'takeMembers', { type: 'sendTo', params: waitingToAll }, 'awaitMembers'",
        "'takeMembers', 'awaitMembers'",
      ),
    ],
    scenario: 'B13:',
  },
  {
    rows: ['B13'],
    breaks: 'a waiting that is received ends no wait',
    patches: [
      patch(
        'machines/protocol/recovery.ts',
        'member.waitingK > quorums.waitingThreshold',
        'member.waitingK > quorums.n',
      ),
    ],
    scenario: 'B13:',
  },
  {
    rows: ['B14'],
    breaks: 'everyone recovers what it finds uncommitted',
    patches: [
      patch(
        'machines/protocol/recovery-policy.ts',
        "return leader === self ? { move: 'recover' } : { move: 'ask', rank: leader }",
        "return leader >= 0 ? { move: 'recover' } : { move: 'ask', rank: leader }",
      ),
    ],
    scenario: 'B14:',
  },
  {
    rows: ['L1'],
    breaks: 'the coordinator only retransmits, though its own ballot moved',
    patches: [
      patch(
        'machines/protocol/recovery-policy.ts',
        "return helped(situation) ?? { move: 'recover' }",
        "return { move: 'resend' }",
      ),
    ],
    scenario: 'L1:',
  },
  {
    rows: ['L2'],
    breaks: 'an attempt is never restarted by its owner',
    patches: [
      patch(
        'machines/protocol/recovery-policy.ts',
        'if (!situation.attemptOverdue) return',
        'if (attempt > initialBallot) return',
      ),
    ],
    scenario: 'L2:',
  },
  {
    rows: ['L3'],
    breaks: 'a refused recoverer starts again at once',
    patches: [
      patch(
        'machines/instance/states/drive.ts',
        "nack: { actions: 'noteNack' }",
        "nack: { target: '.recovering', actions: ['noteNack', 'beginRecovery', 'recoverBySelf'] }",
      ),
    ],
    scenario: 'L3:',
  },
  {
    rows: ['L4'],
    breaks: 'live means only heartbeats',
    patches: [patch('actors/records/links.ts', 'const able = canVote && inStep', 'const able = canVote || inStep')],
    scenario: 'L4:',
  },
  {
    rows: ['8'],
    breaks: 'a donor gives what it has only voted for as a commit',
    patches: [
      patch(
        'actors/state/catch-up.ts',
        "if (entry === undefined || record?.phase !== 'committed' || record.cmd === undefined) continue",
        'if (record?.cmd === undefined) continue',
      ),
    ],
    scenario: '8: what is not committed',
  },
  {
    rows: ['4'],
    breaks: 'a coordinator never sends again',
    patches: [
      patch(
        'machines/instance/states/drive/preAccepting.ts',
        "resend: { actions: { type: 'sendTo', params: preAcceptToSilent } }",
        'resend: {}',
      ),
    ],
    scenario: '4: a coordinator that is not answered',
  },
  {
    rows: ['7'],
    breaks: 'what lies beyond the index window is never looked for',
    patches: [patch('actors/instances/heard.ts', 'this.ofAll(this.#named)\n', '')],
    scenario: 'section 7: what lies beyond the index window',
  },
  {
    rows: ['4.7'],
    breaks: 'a command whose instance became Nop is not proposed again',
    patches: [
      patch(
        'actors/execution/execution.ts',
        'this.#resubmitted.push(proposals)',
        'if (proposals.length < 0) this.#resubmitted.push(proposals)',
      ),
    ],
    scenario: '4.7:',
  },
  {
    rows: ['4'],
    breaks: 'who hears too few to decide anything proposes all the same',
    patches: [patch('actors/proposing/gate.ts', "    if (!links.hearsQuorum) return 'noQuorum'\n", '')],
    scenario: 'section 4: who hears too few',
  },
  {
    rows: ['4'],
    breaks: 'who hears too few to decide anything leads recoveries all the same',
    patches: [
      patch(
        'machines/protocol/recovery-policy.ts',
        "move.move === 'recover' && !situation.hearsQuorum ? { move: 'wait' } : move",
        'move',
      ),
    ],
    scenario: 'B14: who hears too few',
  },
  {
    rows: ['L4'],
    breaks: 'who hears nobody says that it can vote',
    patches: [patch('actors/replica/heartbeat.ts', '!mute && links.hearsQuorum', '!mute')],
    scenario: 'L4: who hears nobody',
  },
  {
    rows: ['L4'],
    breaks: 'what a replica leaves that can lead nothing any more waits for the next request to it',
    patches: [
      patch('actors/instances/suspicion.ts', "state === 'suspected' || state === 'unable'", "state === 'suspected'"),
    ],
    scenario: 'L4: what a replica leaves',
  },
  {
    rows: ['section 4'],
    breaks: 'a tryRecover begins a recovery, however many are led',
    patches: [
      patch(
        'actors/instances/watch.ts',
        'if (attemptAt(entry) === undefined && this.#slots.isFull(watched)) {',
        'if (attemptAt(entry) === undefined && this.#slots.size < 0) {',
      ),
    ],
    scenario: 'section 4: who leads as many recoveries as it may',
  },
  {
    rows: ['section 4'],
    breaks: 'a command waits for as long as too few are heard of',
    patches: [patch('actors/proposing/isolation.ts', 'if (reason !== undefined) proposals.drop(reason)', '')],
    scenario: 'section 4: who hears too few refuses commands',
  },
  {
    rows: ['L5'],
    breaks: 'a replica whose flush hangs says that it votes',
    patches: [patch('actors/replica/heartbeat.ts', " || disk.state !== 'ok'", " || disk.state === 'full'")],
    scenario: 'L5 (input 30):',
  },
  {
    rows: ['L5'],
    breaks: 'what a mute replica leaves waits for the next request to it',
    patches: [patch('actors/instances/suspicion.ts', " || state === 'mute'", '')],
    scenario: 'L5 (input 30):',
  },
  {
    rows: ['L5'],
    breaks: 'what is not answered is sent again to a mute replica, too',
    patches: [patch('machines/protocol/addressing.ts', ' & ~(1 << self) & ~mute()', ' & ~(1 << self) & ~(mute() & 0)')],
    scenario: 'L5: nothing is sent again',
  },
  {
    rows: ['L5'],
    breaks: 'a mute replica counts for a quorum: commands are taken that nobody can decide',
    patches: [
      patch(
        'actors/records/links.ts',
        "return state === 'suspected' || state === 'mute'",
        "return state === 'suspected'",
      ),
    ],
    scenario: 'L5: commands are refused',
  },
  {
    rows: ['L7', 'B14'],
    breaks: 'who has asked in vain outbids a live replica that leads',
    patches: [
      patch(
        'machines/protocol/recovery-policy.ts',
        "return yielding(situation) ?? { move: 'recover' }",
        "return { move: 'recover' }",
      ),
    ],
    scenario: 'L7 (B14):',
  },
  {
    rows: ['L7'],
    breaks: 'a recovery is left to a live replica for ever',
    patches: [
      patch(
        'machines/protocol/recovery-policy.ts',
        'if (yielded >= askedMax || ballotOwner === self)',
        'if (ballotOwner === self)',
      ),
    ],
    scenario: 'L7: it leaves it',
  },
  {
    rows: ['L7'],
    breaks: 'a recovery is left to who is not live',
    patches: [patch('machines/protocol/recovery-policy.ts', ' && live.includes(ballotOwner)', '')],
    scenario: 'L7: and not to one that is gone',
  },
]
