import { ReplicaError } from '../../../actors/shared/replica-error.ts'
import type { Tap } from '../../../actors/shared/tap.ts'
import { NOP, type Value } from '../../../machines/protocol/commands.ts'
import type { Dependencies } from '../../../machines/protocol/dependencies.ts'
import type { InstanceId } from '../../../machines/protocol/instance-id.ts'
import type { Message } from '../../../machines/protocol/messages.ts'
import { ChartSteps } from '../checks/chart.ts'
import type { Chatter } from '../checks/chatter.ts'
import type { Decisions } from '../checks/decisions.ts'
import { RulesTaken } from '../checks/rules.ts'
import { inLetters, letterOf, nameOf, namesIn } from '../names.ts'
import { Violation } from '../violation.ts'
import type { Process } from './process.ts'
import type { Setting } from './setting.ts'
import type { Site } from './site.ts'

export interface ObserverPorts {
  readonly decisions: Decisions
  readonly chatter: Chatter
  /** A coordinator's preAccept leaves, or it has just committed on the fast path: it may die now. */
  proposed(site: Site): void
  committedFast(site: Site): void
  /** The replica has finished and left. */
  stopped(site: Site): void
  /** The replica has failed. */
  failed(site: Site): void
}

/** Watches one life of a replica: hands all that can be seen of it to the checks, counts, and tells. */
export function observer(setting: Setting, ports: ObserverPorts, site: Site, process: Process): Tap {
  const { counts, chronicle, events, check } = setting
  const { rank } = site
  const count = (rule: string) => counts.rules.set(rule, (counts.rules.get(rule) ?? 0) + 1)
  const rules = new RulesTaken(rank, count)
  const steps = new ChartSteps(letterOf(rank))
  const committed = new Map<string, { readonly cmd: Value; readonly dep: Dependencies }>()
  const revealed = (message: Message) => {
    if (message.type === 'commit') {
      // Without a command it tells the dependencies of a payload that the other holds.
      const cmd = message.cmd ?? committed.get(nameOf(message.id))?.cmd
      if (cmd !== undefined) ports.decisions.decided(message.id, cmd, message.dep, told)
    }
    if (message.type === 'recoverOk' && message.phase === 'committed' && message.cmd !== undefined)
      ports.decisions.decided(message.id, message.cmd, message.dep, told)
  }
  const told = `told by ${letterOf(rank)}`
  const tap: Tap = {
    written: (id, record) => rules.written(id, record),
    sent: (to, message) => {
      if (process.isDead) return
      counts.messages++
      rules.sent(message)
      ports.chatter.said(message, events.nowMs)
      if (to !== rank) site.promises.sent(message)
      if (message.type === 'preAccept' && to !== rank) ports.proposed(site)
      check(() => revealed(message))
      chronicle.message(rank, to, message)
    },
    flushBegan: () => rules.flushBegan(),
    flushEnded: error => rules.flushEnded(error),
    received: (_, message) => rules.received(message),
    rejected: (from, { type }, why) => {
      rules.rejected(why)
      // Nobody lies about a payload or a decision.
      if (why.code === 'contradiction')
        check(() => {
          const what = inLetters(why.text)
          throw new Violation('agreement', `${type} from ${letterOf(from)} at ${site.name}: ${what}`, namesIn(what))
        })
    },
    stepped: (id, event, before, after) => {
      check(() => steps.stepped(id, event, before, after))
      rules.stepped(id, event, before, after)
      if (event === 'startRecovery') counts.recoveries++
    },
    committed: (id, cmd, dep, path) => {
      committed.set(nameOf(id), { cmd, dep })
      rules.committed(id, cmd, path)
      chronicle.instance(rank, `committed ${path}`, `${nameOf(id)} ${cmd === NOP ? 'Nop' : ''} {${dep}}`)
      if (id.rank !== rank) return
      if (cmd === NOP) counts.nops++
      else if (path === 'fast') counts.fast++
      else counts.slow++
      if (path === 'fast') ports.committedFast(site)
    },
    executed: component => {
      rules.executed(component)
      for (const id of component) executed(id)
    },
    resubmitted: () => rules.resubmitted(),
    truncated: (level, floor) => rules.truncated(level, floor),
    snapshotCame: (_, isInstalled) => rules.snapshotCame(isInstalled),
    stateChanged: state => {
      rules.stateChanged(state)
      if (state === 'voting' && site.isRuined && !site.isForgetful)
        check(() => {
          throw new Violation('lost disk', `replica ${site.name} votes again under its old identity`)
        })
      if (state === 'stopped') ports.stopped(site)
      if (state !== 'failed') return
      chronicle.say('FAILED', site.name)
      const error = site.life?.replica.actor.getSnapshot().context.error
      // Only a disk may stop a replica.
      if (error?.name !== 'StoreError' && !(site.isForgetful && error instanceof ReplicaError))
        check(() => {
          const why = inLetters(error?.message ?? 'nobody knows why')
          throw new Violation('invariant', `replica ${site.name} stopped: ${why}`, namesIn(why), { cause: error })
        })
      ports.failed(site)
    },
  }
  // What a replica that nobody lets in says and does is heard by none, and counts for nothing.
  return site.isForgetful ? { stateChanged: tap.stateChanged! } : tap
  function executed(id: InstanceId): void {
    chronicle.instance(rank, 'executed', nameOf(id))
    const decision = committed.get(nameOf(id))
    if (decision === undefined) return
    committed.delete(nameOf(id))
    check(() => ports.decisions.decided(id, decision.cmd, decision.dep, `executed by ${letterOf(rank)}`))
  }
}
