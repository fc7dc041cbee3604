import { createTables, type TableStateMachine } from '../../index.ts' // elsewhere: from 'epaxos'

/**
 * What is asked of the store of sessions. `put` begins or renews a session that ends by itself after `ttlMs`, unless it is put
 * again; the replica that takes it in makes a moment of that (`until`). `expire` is proposed by replicas, when that has come.
 */
export type SessionCommand =
  | { readonly op: 'get'; readonly id: string }
  | { readonly op: 'put'; readonly id: string; readonly data: string; readonly ttlMs: number }
  | { readonly op: 'until'; readonly id: string; readonly data: string; readonly untilMs: number }
  | { readonly op: 'end'; readonly id: string }
  | { readonly op: 'expire'; readonly id: string; readonly untilMs: number }

/** The data of the session as it is after the command; null where there is none. */
export type SessionResult = string | null

interface Session {
  readonly data: string
  readonly untilMs: number
}

/** Sessions with a time to live. Clocks say when a replica proposes an end; what is executed decides, everywhere alike. */
export function createSessions(): TableStateMachine<SessionCommand, SessionResult> {
  const tables = createTables()
  const sessions = tables.data<Session>('sessions')
  /** No session ends before this. It follows from the table, which is looked through when this moment has come. */
  let firstMs = Number.NEGATIVE_INFINITY

  function set(id: string, session: Session): SessionResult {
    sessions.set(id, session)
    firstMs = Math.min(firstMs, session.untilMs)
    return session.data
  }

  return {
    tables,

    /** Called when the table holds other sessions, as after a restart. */
    replaced() {
      firstMs = Number.NEGATIVE_INFINITY
    },

    /** Once, at the replica that takes the command in. */
    stamped(command, nowMs) {
      if (command?.op !== 'put') return command
      check(command)
      return { op: 'until', id: command.id, data: command.data, untilMs: Math.ceil(nowMs) + command.ttlMs }
    },

    /** At each replica, some times a second. Several may propose the same end: it is executed once. */
    due(nowMs, max) {
      if (nowMs < firstMs) return []
      const all = [...sessions.entries()].sort(([, a], [, b]) => a.untilMs - b.untilMs)
      firstMs = all[0]?.[1].untilMs ?? Number.POSITIVE_INFINITY
      const due = all.filter(([, { untilMs }]) => untilMs <= nowMs).slice(0, max)
      return due.map(([id, { untilMs }]) => ({ op: 'expire', id, untilMs }))
    },

    /** Commands on different sessions commute. What it throws refuses the command, as `malformed`. */
    footprint(command) {
      check(command)
      return command.op === 'get' ? { reads: [command.id], writes: [] } : { reads: [], writes: [command.id] }
    },

    apply(command) {
      const { op, id } = command
      if (op === 'until') return set(id, { data: command.data, untilMs: command.untilMs })
      // An end names the moment that it is about: a session that was renewed meanwhile has another one.
      if (op === 'end' || (op === 'expire' && sessions.get(id)?.untilMs === command.untilMs)) sessions.delete(id)
      return sessions.get(id)?.data ?? null
    },
  }
}

/** @throws TypeError: clients may send anything, and nothing unsound must reach `apply` */
function check(command: SessionCommand): void {
  const isMoment = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0
  const isSound =
    typeof command?.id === 'string' &&
    (command.op === 'get' ||
      command.op === 'end' ||
      (command.op === 'put' && typeof command.data === 'string' && isMoment(command.ttlMs)) ||
      (command.op === 'until' && typeof command.data === 'string' && isMoment(command.untilMs)) ||
      (command.op === 'expire' && isMoment(command.untilMs)))
  if (!isSound) throw new TypeError('expected get, put or end of a session')
}
