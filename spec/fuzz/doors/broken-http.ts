import type { Draw } from '../../sim/world/random.ts'
import { brokenRequest, brokenWebSocket } from '../draw/http.ts'
import type { Kind } from './door.ts'

const lingers = (draw: Draw): number => draw.pick([0, 5, 50, 300])

/** Broken requests and broken WebSockets: the same at every door of HTTP. @param pathsOf those of a target */
export const brokenHttp = (hosts: readonly string[], paths: readonly string[], weight: number): readonly Kind[] => [
  {
    name: 'http',
    weight,
    attack: (draw, to) => ({
      via: 'tcp',
      pieces: brokenRequest(draw, hosts[to]!, draw.pick(paths)),
      lingerMs: lingers(draw),
    }),
  },
  {
    name: 'websocket',
    weight,
    attack: (draw, to) => ({
      via: 'tcp',
      pieces: brokenWebSocket(draw, hosts[to]!, draw.pick(paths)),
      lingerMs: lingers(draw),
    }),
  },
]
