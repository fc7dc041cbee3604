import type { StateMachine } from '../../actors/shared/state-machine.ts'
import type { Footprint } from '../../machines/protocol/commands.ts'
import { InvariantError } from '../../machines/protocol/errors.ts'
import {
  expire as expireCommand,
  type KvCommand,
  type KvErrorCode,
  type KvResult,
  type KvValue,
  opNumbers,
  putUntil,
} from './commands.ts'
import { Deadlines } from './deadlines.ts'
import { decodeEntries, encodeEntries } from './snapshot.ts'
import { checkCommand, defaultKvLimits, exceeds, KvCommandError, type KvLimits } from './validation.ts'

export type KvStateMachine = StateMachine<KvCommand, KvResult> & {
  /** Number of keys. */
  readonly size: number
}

const done: KvResult = { ok: true, value: null }
const yes: KvResult = { ok: true, value: true }
const no: KvResult = { ok: true, value: false }
const answer = (value: KvValue): KvResult => ({ ok: true, value })
const error = (code: KvErrorCode, message: string): KvResult => ({ ok: false, error: { code, message } })

const nothing: readonly string[] = []
const wholeNumber = /^-?(0|[1-9][0-9]*)$/

/**
 * The key-value store: a map of texts. Reads are commands too, so that they are linearizable. A key with a deadline stays
 * until an `expire` is executed: clocks say when that is proposed, and nothing else. cas and put take a deadline away, append
 * and incr leave it.
 */
export function createKvStateMachine(limits: Partial<KvLimits> = {}): KvStateMachine {
  const bounds: KvLimits = { ...defaultKvLimits, ...limits }
  const state = new Map<string, string>()
  const deadlines = new Deadlines()

  /** Sets a key, or removes it; it has no deadline, or this one. */
  function set(key: string, value: string | null, deadlineMs?: number): void {
    if (value === null) state.delete(key)
    else state.set(key, value)
    if (deadlineMs === undefined) deadlines.delete(key)
    else deadlines.set(key, deadlineMs)
  }

  function expire(key: string, deadlineMs: number): KvResult {
    if (deadlines.get(key) !== deadlineMs) return no
    set(key, null)
    return yes
  }

  function incr(key: string, by: number): KvResult {
    const old = state.get(key) ?? '0'
    const value = Number(old)
    if (!wholeNumber.test(old) || !Number.isSafeInteger(value)) {
      return error('notANumber', `incr needs a whole number, the value of this key is not one`)
    }
    const sum = value + by
    if (!Number.isSafeInteger(sum)) return error('overflow', `${value} + ${by} is beyond 2^53 - 1`)
    state.set(key, String(sum))
    return answer(sum)
  }

  function append(key: string, text: string): KvResult {
    const value = (state.get(key) ?? '') + text
    if (exceeds(value, bounds.valueBytesMax)) {
      return error('tooLarge', `the value would have more than ${bounds.valueBytesMax} bytes`)
    }
    state.set(key, value)
    return done
  }

  function cas(key: string, expected: string | null, next: string | null): KvResult {
    if ((state.get(key) ?? null) !== expected) return no
    set(key, next)
    return yes
  }

  /** The answer has the size limit of a value, so that it fits in a frame. */
  function keys(prefix: string): KvResult {
    const found = [...state.keys()].filter(key => key.startsWith(prefix))
    let bytes = 0
    for (const key of found) bytes += key.length * 3 + 5
    if (bytes > bounds.valueBytesMax) {
      return error('tooLarge', `${found.length} keys do not fit in one answer: name a longer prefix`)
    }
    return answer(found.sort())
  }

  return {
    get size() {
      return state.size
    },

    stamped(command, nowMs) {
      if (!Array.isArray(command) || command[0] !== opNumbers.putFor) return command
      checkCommand(command, bounds)
      return putUntil(command[1], command[2], Math.ceil(nowMs) + command[3])
    },

    due: (nowMs, max) => deadlines.due(nowMs, max).map(([key, deadlineMs]) => expireCommand(key, deadlineMs)),

    footprint(command): Footprint {
      checkCommand(command, bounds)
      if (command[0] === opNumbers.putFor)
        throw new KvCommandError('malformed', 'a time to live has to become a deadline before it is proposed')
      if (command[0] === opNumbers.keys) return { reads: 'all', writes: nothing }
      if (command[0] === opNumbers.get) return { reads: [command[1]], writes: nothing }
      return { reads: nothing, writes: [command[1]] }
    },

    apply(command) {
      switch (command[0]) {
        case opNumbers.put:
          set(command[1], command[2])
          return done
        case opNumbers.putUntil:
          set(command[1], command[2], command[3])
          return done
        case opNumbers.putFor:
          throw new InvariantError('a put with a time to live was executed without a deadline')
        case opNumbers.expire:
          return expire(command[1], command[2])
        case opNumbers.get:
          return answer(state.get(command[1]) ?? null)
        case opNumbers.del: {
          const wasThere = state.has(command[1])
          set(command[1], null)
          return wasThere ? yes : no
        }
        case opNumbers.cas:
          return cas(command[1], command[2], command[3])
        case opNumbers.append:
          return append(command[1], command[2])
        case opNumbers.incr:
          return incr(command[1], command[2])
        case opNumbers.keys:
          return keys(command[1])
      }
    },

    snapshot: () => encodeEntries(state, key => deadlines.get(key)),

    restore(snapshot) {
      state.clear()
      deadlines.clear()
      for (const [key, value, deadlineMs] of decodeEntries(snapshot)) set(key, value, deadlineMs)
    },
  }
}
