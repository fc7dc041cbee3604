import type { ClientAnswer, ClientMessageOf } from '../../machines/protocol/client-messages.ts'
import type { Codec } from '../../net/codec.ts'

export interface OneCommand {
  readonly request: number
  readonly session: string
  readonly sequence: number
  readonly floor: number
  /** The command, encoded. */
  readonly payload: Uint8Array
}

/** The message that asks for one command of a session. */
export const executeOne = ({ request, session, sequence, floor, payload }: OneCommand): ClientMessageOf<'execute'> => ({
  type: 'execute',
  request,
  session,
  floor,
  sequences: [sequence],
  lengths: [payload.length],
  commands: payload,
})

/** The message that answers commands of a session, with these results, encoded. */
export const resultsOf = (...answers: readonly (readonly [request: number, result: Uint8Array])[]): ClientAnswer => ({
  type: 'results',
  requests: answers.map(([request]) => request),
  lengths: answers.map(([, result]) => result.length),
  results: Uint8Array.from(answers.flatMap(([, result]) => [...result])),
})

/** The first result in an answer, if it has one. */
export function firstResult(answer: ClientAnswer, codec: Codec): { readonly result: unknown } | undefined {
  if (answer.type !== 'results') return undefined
  return { result: codec.decodePieces(answer.results, answer.lengths)[0] }
}

/** An answer to many commands as answers to one each. */
export function apart(answer: ClientAnswer): readonly ClientAnswer[] {
  if (answer.type !== 'results') return [answer]
  let to = 0
  return answer.requests.map((request, at) => {
    const from = to
    to += answer.lengths[at]!
    return resultsOf([request, answer.results.subarray(from, to)])
  })
}
