import { type Command, NOP } from '../../../../machines/protocol/commands.ts'
import { type Dependencies, noDependencies } from '../../../../machines/protocol/dependencies.ts'
import type { InstanceId } from '../../../../machines/protocol/instance-id.ts'
import type { MessageOf } from '../../../../machines/protocol/messages.ts'
import type { Candidate, RecoverOks, RecoveryStep } from '../../../../machines/protocol/recovery.ts'
import type { Letter } from './literal-recovery.ts'

const command = (byte: number): Command => ({
  footprint: { reads: [], writes: ['x'] },
  payloads: [new Uint8Array([byte])],
})
export const payload = command(1)
const values = { committed: command(2), accepted0: command(3), accepted4: command(4) }
export const candidateDep = (n: number): Dependencies => noDependencies(n).with(0, 7)

export const idOf = (rank: number): InstanceId => ({ epoch: 1, rank, index: 9 })

/** The recoverOk that a letter stands for. */
function replyOf(n: number, letter: Letter, coordinator: number): MessageOf<'recoverOk'> | undefined {
  const none = noDependencies(n)
  const blank = { type: 'recoverOk', id: idOf(coordinator), bal: 10, abal: 0, dep: none, initDep: none } as const
  const initDep = candidateDep(n)
  switch (letter) {
    case 'none':
      return undefined
    case 'initial':
      return { ...blank, cmd: undefined, phase: 'initial' }
    case 'agrees':
      return { ...blank, cmd: payload, phase: 'preAccepted', dep: initDep, initDep }
    case 'deviates':
      return { ...blank, cmd: payload, phase: 'preAccepted', dep: initDep.with(0, 8), initDep }
    case 'nop5':
      return { ...blank, abal: 5, cmd: NOP, phase: 'accepted', initDep }
    case 'accepted0':
    case 'accepted4':
      return { ...blank, abal: letter === 'accepted4' ? 4 : 0, cmd: values[letter], phase: 'accepted', initDep }
    case 'committed':
      return { ...blank, cmd: values.committed, phase: 'committed' }
  }
}

export const repliesOf = (n: number, letters: readonly Letter[], coordinator: number): RecoverOks =>
  letters.map(letter => replyOf(n, letter, coordinator))

/** A step of recovery, in the words of the literal rules. */
export function tellOf(step: RecoveryStep | undefined): string {
  if (step === undefined) return 'too few'
  if (step.step === 'wait') return 'wait'
  if (step.step === 'validate') return `validate ${step.candidate.quorum} with ${step.candidate.k}`
  const { cmd } = step
  if (cmd === NOP)
    return step.rule === '4.3.2' || step.rule === '4.5.3 late accept' ? `${step.step} nop5` : `${step.step} nop`
  if (cmd === payload) return `${step.step} the candidate`
  const name = Object.entries(values).find(([, value]) => value === cmd)?.[0]
  return step.step === 'commit' ? `commit the ${name}` : `accept ${name}`
}

export const candidateOf = (n: number, quorum: readonly number[], k: number): Candidate => ({
  cmd: payload,
  dep: candidateDep(n),
  quorum,
  k,
})
