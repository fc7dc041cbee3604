import { tapPath } from '../../../net/ws/url.ts'
import type { Draw } from '../../sim/world/random.ts'
import type { Frame } from '../attack.ts'
import { lie, strange } from '../draw/numbers.ts'
import { randomBytes, randomText } from '../draw/values.ts'
import { brokenHttp } from './broken-http.ts'
import { type Door, doorOf, type Kind } from './door.ts'

/** Pages that stay open for many attacks: fewer than the server takes, so that honest ones get in. */
const lanes = 4

const number = (draw: Draw): unknown => (draw.chance(0.3) ? strange(draw) : lie(draw, draw.whole(0, 2_000)))

const links = (draw: Draw): unknown =>
  draw.chance(0.2) ? strange(draw) : Array.from({ length: draw.whole(0, 4) }, () => [number(draw), number(draw)])

function deed(draw: Draw): unknown {
  switch (draw.whole(0, 6)) {
    case 0:
      return { do: 'crash', member: draw.chance(0.5) ? draw.whole(1, 3) : number(draw), downMs: number(draw) }
    case 1:
      return { do: 'cut', links: links(draw), forMs: number(draw) }
    case 2:
      return { do: 'heal', links: links(draw) }
    case 3:
      return { do: 'drop', no: number(draw) }
    case 4:
      return { do: 'delay', no: number(draw), byMs: number(draw) }
    default:
      return draw.pick<unknown>([null, {}, { do: 'explode' }, 'crash', strange(draw)])
  }
}

function link(draw: Draw): unknown {
  if (draw.chance(0.2)) return strange(draw)
  const which = draw.chance(0.2)
    ? strange(draw)
    : {
        seed: draw.chance(0.7) ? draw.whole(0, 50) : number(draw),
        ...(draw.chance(0.2) ? { biased: draw.pick<unknown>([true, false, 'x']) } : undefined),
        ...(draw.chance(0.2) ? { hours: draw.chance(0.5) ? 1 : number(draw) } : undefined),
      }
  const interventions = draw.chance(0.2)
    ? strange(draw)
    : Array.from({ length: draw.whole(0, 3) }, () => ({ step: number(draw), deed: deed(draw) }))
  return { which, interventions }
}

/** Something that a page may say, with what it must not say in it. */
function said(draw: Draw): unknown {
  switch (draw.whole(0, 10)) {
    case 0:
      return { type: 'ack', cursor: number(draw) }
    case 1:
      return {
        type: 'deep',
        id: draw.pick<unknown>(['1.1', '3.17', '9.9', '1.999999999999', '', {}, null, 7, undefined, '1.1.1']),
      }
    case 2:
      return { type: 'run', speed: number(draw) }
    case 3:
      return { type: 'pause' }
    case 4:
      return { type: 'step', steps: number(draw) }
    case 5:
      return { type: 'next' }
    case 6:
      return { type: 'until', ms: number(draw) }
    case 7:
      return { type: 'intervene', cursor: number(draw), deed: deed(draw) }
    case 8:
      return { type: 'world', link: link(draw) }
    default:
      return draw.pick<unknown>([{}, { type: 'typo' }, { type: null }, { type: 'toString' }, [], 'x', 7, { type: [] }])
  }
}

function frame(draw: Draw): Frame {
  const text = JSON.stringify(said(draw))
  switch (draw.whole(0, 9)) {
    case 0:
      return text.slice(0, draw.whole(0, text.length))
    case 1:
      return randomBytes(draw, draw.whole(0, 40))
    case 2:
      return `${text}${randomText(draw, 3)}`
    default:
      return text
  }
}

const frames = (draw: Draw): readonly Frame[] => Array.from({ length: draw.pick([1, 1, 2, 5, 40]) }, () => frame(draw))

/** Pages of the debugger's server that say what they like. */
const page = (targets: readonly string[]): Kind => ({
  name: 'page',
  weight: 8,
  attack: (draw, to) => ({
    via: 'socket',
    path: '/trace',
    headers: { origin: `http://${targets[to]}` },
    lane: draw.chance(0.7) ? draw.whole(0, lanes - 1) : undefined,
    frames: frames(draw),
    reads: draw.chance(0.9),
    lingerMs: draw.pick([0, 5, 50, 200]),
  }),
})

/** The same words for a replica's own door of observers. */
const viewer: Kind = {
  name: 'viewer',
  weight: 3,
  attack: draw => ({
    via: 'socket',
    path: tapPath,
    headers: {},
    lane: draw.chance(0.5) ? draw.whole(0, lanes - 1) : undefined,
    frames: draw.chance(0.5)
      ? frames(draw)
      : [JSON.stringify({ deep: draw.pick<unknown>(['1.1', '2.5', null, 7, 'x.y', '9.1', '1.']) })],
    reads: draw.chance(0.9),
    lingerMs: draw.pick([0, 5, 50, 200]),
  }),
}

/** The debugger's servers, and the doors of observers that they look through. @param targets servers, then replicas */
export const debuggerDoor = (targets: readonly string[]): Door =>
  doorOf(targets, [page(targets), viewer, ...brokenHttp(targets, ['/', '/trace', '/page.js', tapPath], 3)])
