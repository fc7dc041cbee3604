import { type ErrorCode, type ErrorMeaning, errorCodes } from '../../index.ts'
import type { TraceErrorCode } from '../debugger/trace/codec.ts'
import type { KvErrorCode } from '../kv/commands.ts'
import type { RefusedError, UsageError } from './exit.ts'

type OwnCode = Exclude<UsageError['code'] | RefusedError['code'] | KvErrorCode | TraceErrorCode, ErrorCode>

const ownCodes: { readonly [Code in OwnCode]: ErrorMeaning } = {
  usage: {
    meaning: 'the command line or the config file is wrong',
    remedy: 'correct what the message names; `epaxos help COMMAND` tells what there is',
  },
  refused: {
    meaning: 'it was understood, and the answer is no',
    remedy: 'see the message',
  },
  notANumber: {
    meaning: 'incr of a value that is no whole number',
    remedy: 'look at the value with `get`',
  },
  overflow: {
    meaning: 'incr beyond what a number holds exactly',
    remedy: 'begin a new counter',
  },
  traceVersion: {
    meaning: 'a trace of a version that this debugger does not read',
    remedy: 'read it with the version that wrote it, or a newer one',
  },
  traceDamaged: {
    meaning: 'a trace file does not read back as it was written',
    remedy: 'record it anew; the message names the line',
  },
}

/** Every error code that the program `epaxos` prints, the package's and its own. */
export const programErrorCodes: { readonly [Code in ErrorCode | OwnCode]: ErrorMeaning } = {
  ...errorCodes,
  ...ownCodes,
}
export type ProgramErrorCode = keyof typeof programErrorCodes
