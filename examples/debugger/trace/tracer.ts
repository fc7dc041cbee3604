import { type InstanceKey, keyOf, NOP, type Tap } from '../../../index.ts'
import type { Encoder } from './encode.ts'
import { stateOf } from './encode.ts'
import type { Member, TraceEvent } from './format.ts'

export interface TracerPorts {
  readonly at: Member
  readonly encoder: Encoder
  /** Since the trace began. */
  nowMs(): number
  emit(event: TraceEvent): void
}

/** Instances whose commands are remembered as told. */
const toldMax = 8_192

/** A tap that tells all that one life of a replica does, as it happens. */
export const tracerTap = (ports: TracerPorts): Required<Tap> => ({
  ...ofMessages(ports),
  ...ofInstances(ports),
  ...ofTheReplica(ports),
})

function ofMessages({ at, encoder, nowMs, emit }: TracerPorts): Pick<Required<Tap>, 'sent' | 'received' | 'rejected'> {
  return {
    // What a replica says to itself crosses no link; what comes of it is told by its steps.
    sent: (to, message) => {
      if (encoder.member(to) === at) return
      emit({ kind: 'sent', ms: nowMs(), at, to: encoder.member(to), message: encoder.message(message) })
    },
    received: (from, message) => {
      if (encoder.member(from) === at) return
      emit({ kind: 'received', ms: nowMs(), at, from: encoder.member(from), message: encoder.message(message) })
    },
    rejected: (from, message, { code, text }) =>
      emit({
        kind: 'rejected',
        ms: nowMs(),
        at,
        from: encoder.member(from),
        message: encoder.message(message),
        why: text,
        code,
      }),
  }
}

type OfInstances = 'stepped' | 'written' | 'committed' | 'executed' | 'resubmitted' | 'timerSet'

function ofInstances({ at, encoder, nowMs, emit }: TracerPorts): Pick<Required<Tap>, OfInstances> {
  const told = new Set<InstanceKey>()
  const isNews = (key: InstanceKey): boolean => {
    if (told.has(key)) return false
    if (told.size >= toldMax) told.clear()
    told.add(key)
    return true
  }
  return {
    stepped: (id, event, before, after) =>
      emit({
        kind: 'stepped',
        ms: nowMs(),
        at,
        id: encoder.id(id),
        event,
        before: stateOf(before),
        after: stateOf(after),
        ...encoder.progress(before.context, after.context),
      }),
    written: (id, record) => {
      const isToBeTold = record.cmd !== undefined && record.cmd !== NOP && isNews(keyOf(id))
      emit({ kind: 'written', ms: nowMs(), at, id: encoder.id(id), record: encoder.record(record, isToBeTold) })
    },
    committed: (id, cmd, dep, path, rule) =>
      emit({
        kind: 'committed',
        ms: nowMs(),
        at,
        id: encoder.id(id),
        path,
        ...(rule === undefined ? undefined : { rule }),
        cmd: cmd === NOP ? 'nop' : 'command',
        dep,
      }),
    executed: component => {
      for (const id of component) told.delete(keyOf(id))
      emit({ kind: 'executed', ms: nowMs(), at, component: component.map(id => encoder.id(id)) })
    },
    resubmitted: id => emit({ kind: 'resubmitted', ms: nowMs(), at, id: encoder.id(id) }),
    timerSet: (id, move, of, nextMs) =>
      emit({
        kind: 'timer',
        ms: nowMs(),
        at,
        id: encoder.id(id),
        move,
        ...(of === undefined ? undefined : { of: encoder.member(of) }),
        nextMs: Math.round(nextMs * 1_000) / 1_000,
      }),
  }
}

/** Its disk, what its commands and reads wait for, its links and its state. */
function ofTheReplica({
  at,
  encoder,
  nowMs,
  emit,
}: TracerPorts): Omit<Required<Tap>, OfInstances | 'sent' | 'received' | 'rejected'> {
  let replicaState: string | undefined
  return {
    flushBegan: records => emit({ kind: 'flushBegan', ms: nowMs(), at, records }),
    flushEnded: error =>
      emit({ kind: 'flushEnded', ms: nowMs(), at, ...(error === undefined ? undefined : { error: error.message }) }),
    gateChanged: (verdict, waiting) => emit({ kind: 'gate', ms: nowMs(), at, verdict, waiting }),
    readsChanged: ({ verdict, waiting, awaits, unanswered }) =>
      emit({
        kind: 'reads',
        ms: nowMs(),
        at,
        verdict,
        waiting,
        ...(awaits && { awaits: encoder.id(awaits) }),
        ...(unanswered.length > 0 && { unanswered: unanswered.map(rank => encoder.member(rank)) }),
      }),
    stalled: (forMs, cause) => emit({ kind: 'stalled', ms: nowMs(), at, forMs, cause }),
    linkChanged: (peer, state) => emit({ kind: 'link', ms: nowMs(), at, peer: encoder.member(peer), state }),
    stateChanged: (state, error) => {
      // Told at every frame, too.
      if (state === replicaState) return
      replicaState = state
      const why = error === undefined ? undefined : { error: error.message }
      emit({ kind: 'replica', ms: nowMs(), at, state, ...why })
    },
    truncated: (level, floor) => emit({ kind: 'truncated', ms: nowMs(), at, level, floor }),
    snapshotCame: (donor, installed) =>
      emit({ kind: 'snapshot', ms: nowMs(), at, donor: encoder.member(donor), installed }),
  }
}
