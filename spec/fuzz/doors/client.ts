import { defaultLimits } from '../../../actors/shared/limits.ts'
import { type ClientRequest, clientMessageShapes } from '../../../machines/protocol/client-messages.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { clientPath, peerPath, tapPath } from '../../../net/ws/url.ts'
import type { Draw } from '../../sim/world/random.ts'
import type { Frame } from '../attack.ts'
import { mutated, nonsense } from '../draw/bytes.ts'
import { lie } from '../draw/numbers.ts'
import { messageOf, randomBytes, randomText, withOneLie } from '../draw/values.ts'
import { brokenHttp } from './broken-http.ts'
import { type Door, doorOf, type Kind } from './door.ts'

const codec = createCodec(defaultLimits)

/** Connections that stay open for many attacks. */
const lanes = 8

/** A command for the store, most of them such as it takes; none is about keys of honest clients. */
function command(draw: Draw): unknown {
  const key = `fuzz${draw.whole(0, 40)}`
  const text = 'x'.repeat(draw.pick([0, 1, 20, 1_000, 100_000]))
  const good: readonly unknown[] = draw.pick<readonly unknown[]>([
    [1, key, text],
    [2, key],
    [3, key],
    [4, key, null, text],
    [5, key, text.slice(0, 100)],
    [6, key, draw.whole(-9, 9)],
    [8, key, text, draw.whole(1, 5_000)],
    [9, key, text, lie(draw)],
    [10, key, lie(draw)],
    [11, key],
    [7, 'fuzz'],
  ])
  switch (draw.whole(0, 9)) {
    case 0:
      return withOneLie(draw, good)
    case 1:
      return good.slice(0, draw.whole(0, good.length))
    case 2:
      return [lie(draw), ...good.slice(1)]
    case 3:
      return draw.pick<unknown>([
        null,
        0,
        '',
        {},
        { op: 'typo' },
        [[]],
        [1, { a: 1 }, []],
        [1, '', ''],
        [1, randomText(draw, 8), text],
      ])
    default:
      return good
  }
}

const payload = (draw: Draw): Uint8Array =>
  draw.chance(0.15) ? randomBytes(draw, draw.whole(0, 40)) : codec.encodeData(command(draw))

const sessionName = (draw: Draw): string =>
  draw.pick(['', '1.a', 'fuzz', `${draw.whole(0, 5)}.${randomText(draw, 4)}`, '\u0000session x', 's'.repeat(900)])

function request(draw: Draw): ClientRequest {
  const request = lie(draw, draw.whole(0, 100))
  switch (draw.whole(0, 6)) {
    case 0:
      return { type: 'propose', request, payload: payload(draw) }
    case 1:
    case 2: {
      const commands = Array.from({ length: draw.whole(1, 5) }, () => payload(draw))
      const first = lie(draw, 1)
      return {
        type: 'execute',
        request,
        session: sessionName(draw),
        floor: lie(draw),
        sequences: commands.map((_, at) =>
          Math.min(Number.MAX_SAFE_INTEGER, draw.chance(0.9) ? first + at : lie(draw)),
        ),
        lengths: commands.map(({ length }) => (draw.chance(0.95) ? length : lie(draw, length))),
        commands: new Uint8Array(Buffer.concat(commands)),
      }
    }
    case 3:
      return { type: 'query', request, payload: payload(draw) }
    case 4:
      return { type: 'backup', request, digest: draw.pick(['', 'abc']), offset: lie(draw) }
    case 5:
      return { type: 'openSession', request }
    default:
      return { type: 'status', request }
  }
}

const requests = (draw: Draw, count: number): readonly ClientRequest[] =>
  Array.from({ length: count }, () => request(draw))
const encoded = (messages: readonly unknown[]): Uint8Array =>
  new Uint8Array(codec.encodeClientMessages(messages as readonly ClientRequest[]))

const frameKinds: readonly { readonly name: string; readonly weight: number; frames(draw: Draw): readonly Frame[] }[] =
  [
    { name: 'requests', weight: 8, frames: draw => [encoded(requests(draw, draw.whole(1, 6)))] },
    { name: 'mutated', weight: 6, frames: draw => [mutated(draw, encoded(requests(draw, draw.whole(1, 3))))] },
    {
      name: 'generated',
      weight: 3,
      frames: draw => [encoded([messageOf(clientMessageShapes, defaultLimits, draw)])],
    },
    { name: 'nonsense', weight: 2, frames: draw => [nonsense(draw)] },
    { name: 'text', weight: 1, frames: draw => [randomText(draw, draw.whole(0, 40))] },
    {
      name: 'burst',
      weight: 1,
      frames: draw => Array.from({ length: draw.whole(20, 100) }, () => encoded(requests(draw, 2))),
    },
  ]

/** Frames of a kind as an attack on the door of clients. */
const kindOf = ({ name, weight, frames }: (typeof frameKinds)[number]): Kind => ({
  name,
  weight,
  attack: draw => ({
    via: 'socket',
    path: clientPath,
    headers: {},
    lane: draw.chance(0.7) ? draw.whole(0, lanes - 1) : undefined,
    frames: frames(draw),
    reads: true,
    lingerMs: draw.pick([0, 5, 50, 200]),
  }),
})

/** One frame that asks for much, from somebody who reads nothing of it. */
const greedy: Kind = {
  name: 'greedy',
  weight: 0.3,
  attack: draw => {
    const one: ClientRequest = draw.pick<ClientRequest>([
      { type: 'status', request: 1 },
      { type: 'query', request: 1, payload: codec.encodeData([2, 'fuzz1']) },
      { type: 'openSession', request: 1 },
      { type: 'backup', request: 1, digest: '', offset: 0 },
    ])
    const count = one.type === 'openSession' ? 20 : 100
    return {
      via: 'socket',
      path: clientPath,
      headers: {},
      lane: undefined,
      frames: [encoded(Array.from({ length: count }, (_, at) => ({ ...one, request: at + 1 })))],
      reads: draw.chance(0.5),
      lingerMs: 500,
    }
  },
}

/** The door of clients, and all of HTTP around it. @param targets of the replicas */
export const clientDoor = (targets: readonly string[]): Door =>
  doorOf(targets, [...frameKinds.map(kindOf), greedy, ...brokenHttp(targets, [clientPath, peerPath, tapPath, '/'], 2)])
