import type { ClientMessageOf } from '../../../machines/protocol/client-messages.ts'

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

export const result = (request: number, text: string): ClientMessageOf<'result'> => ({
  type: 'result',
  request,
  payload: bytes(text),
})

export const refused = (request: number, code: ClientMessageOf<'refused'>['code']): ClientMessageOf<'refused'> => ({
  type: 'refused',
  request,
  code,
  reason: 'because',
})

/** Each command of a message, in words. */
export function asked({ commands, lengths, sequences, session, floor }: ClientMessageOf<'execute'>): string[] {
  let to = 0
  return sequences.map((sequence, at) => {
    const from = to
    to += lengths[at]!
    return `${new TextDecoder().decode(commands.subarray(from, to))} ${session}.${sequence} >${floor}`
  })
}
