import type { ClientMessageOf, ClientRequest } from '../../machines/protocol/client-messages.ts'
import type { ClientLimits } from './limits.ts'
import type { Request } from './request.ts'
import type { ClientSession } from './session.ts'

/** Requests in portions of one frame each. */
export function inFrames(requests: readonly Request[], limits: ClientLimits): readonly (readonly Request[])[] {
  const frames: Request[][] = []
  let frame: Request[] = []
  let bytes = 0
  for (const request of requests) {
    const { length } = request.payload
    if (frame.length > 0 && (frame.length >= limits.frameMessagesMax || bytes + length > limits.frameBytesMax)) {
      frames.push(frame)
      frame = []
      bytes = 0
    }
    bytes += length
    frame.push(request)
  }
  if (frame.length > 0) frames.push(frame)
  return frames
}

/**
 * Requests as messages: commands of one session that follow each other are one.
 * @param first the number of the first request; the others follow
 * @param executeMax commands in one message
 */
export function asMessages(requests: readonly Request[], first: number, executeMax: number): ClientRequest[] {
  const messages: ClientRequest[] = []
  for (let at = 0; at < requests.length; ) {
    const request = requests[at]!
    if (request.place === undefined) {
      messages.push(alone(request, first + at))
      at++
      continue
    }
    const { session } = request.place
    let to = at + 1
    while (to < requests.length && to - at < executeMax && requests[to]!.place?.session === session) to++
    messages.push(together(session, requests.slice(at, to), first + at))
    at = to
  }
  return messages
}

function alone({ kind, payload }: Request, request: number): ClientRequest {
  if (kind === 'query') return { type: kind, request, payload }
  return kind === 'execute' ? { type: 'propose', request, payload } : { type: kind, request }
}

function together(
  { name, floor }: ClientSession,
  requests: readonly Request[],
  request: number,
): ClientMessageOf<'execute'> {
  const sequences: number[] = []
  const lengths: number[] = []
  let bytes = 0
  for (const { payload, place } of requests) {
    sequences.push(place!.sequence)
    lengths.push(payload.length)
    bytes += payload.length
  }
  const commands = new Uint8Array(bytes)
  let at = 0
  for (const { payload } of requests) {
    commands.set(payload, at)
    at += payload.length
  }
  return { type: 'execute', request, session: name, floor, sequences, lengths, commands }
}
