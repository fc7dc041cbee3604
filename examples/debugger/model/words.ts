import { gateReasons } from '../../../actors/shared/gate-verdict.ts'
import { readsReasons } from '../../../actors/shared/reads-verdict.ts'
import { stallCauses } from '../../../actors/shared/stall-causes.ts'
import type { TimerMove } from '../../../actors/shared/tap.ts'
import type { GateChanged, Id, Member, ReadsChanged, TracedMessage, TraceEvent, TraceHeader } from '../trace/format.ts'
import { labelOf, nameOf, vectorInWords } from '../trace/ids.ts'

/** `1`, `1 and 4`, `1, 2 and 4`. */
export function listed(words: readonly string[], last = 'and'): string {
  if (words.length < 2) return words.join('')
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`
}

/** `one more`, `2 more`. */
export const more = (count: number): string => (count === 1 ? 'one more' : `${count} more`)

/** `300 ms`, `2.1 s`, `4 min`. */
export function duration(ms: number): string {
  if (ms < 1) return `${Math.round(ms * 100) / 100} ms`
  if (ms < 1_000) return `${Math.round(ms)} ms`
  return ms < 120_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`
}

export const names = (header: TraceHeader, members: readonly Member[], last = 'and'): string =>
  listed(
    members.map(member => nameOf(header, member)),
    last,
  )

export const labels = (header: TraceHeader, ids: readonly Id[]): string => listed(ids.map(id => labelOf(header, id)))

/** A message in one line: `preAcceptOk A.3 {B.1}`. */
export function messageInWords(header: TraceHeader, message: TracedMessage): string {
  const { type, id, bal, cmd, dep, phase, abal, k, invalidating } = message
  return [
    type,
    ...(id === undefined ? [] : [labelOf(header, id)]),
    ...(bal === undefined ? [] : [`at ballot ${bal}`]),
    ...(phase === undefined ? [] : [`${phase} at ${abal}`]),
    ...(cmd === 'nop' ? ['Nop'] : []),
    ...(dep === undefined ? [] : [vectorInWords(header, dep)]),
    ...(k === undefined ? [] : [`k = ${k}`]),
    ...(invalidating === undefined || invalidating.length === 0
      ? []
      : [`could be invalidated by ${listed(invalidating.map(each => labelOf(header, each)))}`]),
  ].join(' ')
}

/** An event in one line, for lists, titles and exports. */
export function eventInWords(header: TraceHeader, event: TraceEvent): string {
  const at = 'at' in event ? nameOf(header, event.at) : ''
  const label = (id: Id) => labelOf(header, id)
  switch (event.kind) {
    case 'sent':
      return `${at} > ${nameOf(header, event.to)} ${messageInWords(header, event.message)}`
    case 'received':
      return `${at} < ${nameOf(header, event.from)} ${messageInWords(header, event.message)}${event.repeated ? ', again' : ''}`
    case 'lost':
      return `${at} > ${nameOf(header, event.to)} ${messageInWords(header, event.message)} is lost: ${event.why}`
    case 'rejected':
      return `${at} rejects ${messageInWords(header, event.message)} of ${nameOf(header, event.from)}: ${event.why}`
    case 'stepped':
      return event.before === event.after
        ? `${at} ${label(event.id)} takes ${event.event} in ${event.after}`
        : `${at} ${label(event.id)} ${event.event}: ${event.before} -> ${event.after}`
    case 'written':
      return `${at} ${label(event.id)} is ${event.record.phase} at ballot ${event.record.bal} ${vectorInWords(header, event.record.dep)}, in memory`
    case 'flushBegan':
      return `${at} begins a flush of ${event.records} records`
    case 'flushEnded':
      return event.error === undefined ? `${at} has flushed` : `${at} could not flush: ${event.error}`
    case 'committed':
      return `${at} commits ${label(event.id)} (${event.path}) ${event.cmd === 'nop' ? 'Nop' : vectorInWords(header, event.dep)}`
    case 'executed':
      return `${at} executes ${labels(header, event.component)}`
    case 'resubmitted':
      return `${at} proposes the commands of ${label(event.id)} anew`
    case 'timer':
      return `${at} ${label(event.id)}: ${moveInWords(header, event.move, event.of)}, again in ${duration(event.nextMs)}`
    case 'gate':
      return `${at}: ${gateInWords(event)}`
    case 'reads':
      return `${at}: ${readsInWords(header, event)}`
    case 'link':
      return `${at} takes ${nameOf(header, event.peer)} for ${event.state}`
    case 'replica':
      return `${at} is ${event.state}${event.error === undefined ? '' : `: ${event.error}`}`
    case 'truncated':
      return `${at} lets go of ${event.level === 1 ? 'records' : 'index entries'} up to ${vectorInWords(header, event.floor)}`
    case 'snapshot':
      return `${at} ${event.installed ? 'installs' : 'refuses'} a snapshot of ${nameOf(header, event.donor)}`
    case 'stalled':
      return `${at} stood still for ${duration(event.forMs)}: ${stallCauses[event.cause] ?? event.cause}`
    case 'standing':
      return `${at} is ${event.state}, with ${event.unfinished.length} unfinished instances`
    case 'fault':
      return faultInWords(header, event)
    case 'violation':
      return `VIOLATION of ${event.property}: ${event.what}`
    case 'gap':
      return `${at}: ${event.events} events are missing here (${event.why})`
    case 'skipped':
      return `${at}: ${event.events} events are not told; of ${event.stride} instances one is`
    case 'caption':
      return event.text
    case 'deep':
      return `${at} ${label(event.id)} ${event.what}: ${event.words}`
    case 'end':
      return `the end: ${event.why}`
  }
}

/** What the oldest read by quorum waits for. */
export function readsInWords(
  header: TraceHeader,
  { verdict, waiting, awaits, unanswered = [] }: Pick<ReadsChanged, 'verdict' | 'waiting' | 'awaits' | 'unanswered'>,
): string {
  if (waiting === 0 || verdict === 'nothingWaits') return 'no read waits'
  const id = awaits === undefined ? '' : `: ${labelOf(header, awaits)}`
  const of = unanswered.length === 0 ? '' : `: ${names(header, unanswered)}`
  return `${waiting} ${waiting === 1 ? 'read waits' : 'reads wait'}: ${readsReasons[verdict]}${id}${of}`
}

/** What the proposing gate says, for whoever waits. */
export function gateInWords({ verdict, waiting }: Pick<GateChanged, 'verdict' | 'waiting'>): string {
  if (waiting === 0 || verdict === 'open' || verdict === 'nothingWaits') return 'no command waits to be proposed'
  return `${waiting} ${waiting === 1 ? 'command waits' : 'commands wait'} to be proposed: ${gateReasons[verdict]}`
}

export function moveInWords(header: TraceHeader, move: TimerMove, of: Member | undefined): string {
  switch (move) {
    case 'resend':
      return 'sends again what was not answered'
    case 'recover':
      return 'leads a recovery'
    case 'ask':
      return `asks ${of === undefined ? 'another' : nameOf(header, of)} to see to it`
    case 'fetch':
      return 'waits for what it fetches'
    case 'begin':
      return 'is looked at anew'
    case 'wait':
      return 'can do nothing now'
  }
}

function faultInWords(header: TraceHeader, event: Extract<TraceEvent, { kind: 'fault' }>): string {
  const who = names(header, event.members)
  const links = event.links?.map(([from, to]) => `${nameOf(header, from)}>${nameOf(header, to)}`).join(' ')
  const by = event.intervention === undefined ? '' : ', by hand'
  return `${event.what.toUpperCase()} ${links ?? who}${event.detail === undefined ? '' : ` ${event.detail}`}${by}`
}
