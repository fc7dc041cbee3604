import type { Draw } from '../../sim/world/random.ts'
import { randomText } from './values.ts'

const crlf = '\r\n'
const key = 'dGhlIHNhbXBsZSBub25jZQ=='

/** Paths that a parser of URLs does not take, or takes for something else. */
const paths: readonly string[] = [
  '/',
  '//[',
  '//',
  '/..',
  '/%ff',
  '/%',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/trace?token=%',
  'http://[',
  'http://[::1',
  '*',
  '?',
  '#',
  '/\\..\\',
  '/\u0000',
  '///a:b@c:99999',
  'ws://x:y/client',
  `/${'a'.repeat(70_000)}`,
]

/** Texts of a Host or Origin that name nobody. */
const names: readonly string[] = ['', '[', 'evil.example', '127.0.0.1:0', '127.0.0.1:99999', '[::1', 'a b', '\t', '%00']

/** A request of HTTP that is broken, or that nobody expects: as bytes, in pieces. @param path of the door */
export function brokenRequest(draw: Draw, host: string, path: string): readonly Uint8Array[] {
  const text = requestText(draw, host, path)
  const bytes = new Uint8Array(Buffer.from(text, draw.chance(0.2) ? 'latin1' : 'utf8'))
  if (!draw.chance(0.3)) return [bytes]
  const middle = draw.whole(0, bytes.length)
  return [bytes.subarray(0, middle), bytes.subarray(middle)]
}

function requestText(draw: Draw, host: string, path: string): string {
  const where = draw.chance(0.5) ? path : draw.pick(paths)
  const method = draw.chance(0.7)
    ? 'GET'
    : draw.pick([
        'HEAD',
        'POST',
        'PUT',
        'OPTIONS',
        'CONNECT',
        'TRACE',
        'PRI',
        'get',
        '',
        'GET GET',
        randomText(draw, 8),
      ])
  const version = draw.chance(0.8) ? 'HTTP/1.1' : draw.pick(['HTTP/1.0', 'HTTP/2.0', 'HTTP/9.9', '', 'JUNK'])
  const named = draw.chance(0.7)
    ? [`host: ${host}`]
    : draw.pick([[], [`host: ${draw.pick(names)}`], [`host: ${host}`, 'host: b']])
  const lines = [`${method} ${where} ${version}`, ...named, ...someHeaders(draw)]
  const end = draw.chance(0.9) ? crlf + crlf : draw.pick(['', crlf, '\n\n', '\r\r'])
  return lines.join(draw.chance(0.95) ? crlf : '\n') + end + (draw.chance(0.2) ? randomText(draw, 40) : '')
}

/** Headers of an upgrade, each of them sometimes wrong or missing. */
function someHeaders(draw: Draw): readonly string[] {
  const sometimes = (line: string, ...wrong: readonly string[]): readonly string[] => {
    if (draw.chance(0.7)) return [line]
    return draw.chance(0.5) ? [] : [draw.pick(wrong)]
  }
  return [
    ...sometimes('connection: Upgrade', 'connection: close', 'connection: keep-alive, Upgrade'),
    ...sometimes('upgrade: websocket', 'upgrade: h2c', 'upgrade: ', 'upgrade: websocket, websocket'),
    ...sometimes(`sec-websocket-key: ${key}`, 'sec-websocket-key: short', `sec-websocket-key: ${'k'.repeat(9_000)}`),
    ...sometimes('sec-websocket-version: 13', 'sec-websocket-version: 99', 'sec-websocket-version: x'),
    ...(draw.chance(0.2) ? [`origin: ${draw.pick(['null', 'http://evil.example', '', '[', 'http://['])}`] : []),
    ...(draw.chance(0.2)
      ? [`sec-websocket-extensions: ${draw.pick(['permessage-deflate; x=', ',', 'a;;b', '"'])}`]
      : []),
    ...(draw.chance(0.2) ? [`sec-websocket-protocol: ${draw.pick(['', 'a,a', ',', 'ä'])}`] : []),
    ...(draw.chance(0.1) ? [`content-length: ${draw.pick(['-1', '9999999999999', '1e3', 'x', '5'])}`] : []),
    ...(draw.chance(0.1) ? ['transfer-encoding: chunked', 'content-length: 3'] : []),
    ...(draw.chance(0.05) ? Array.from({ length: 3_000 }, (_, at) => `x-${at}: y`) : []),
    ...(draw.chance(0.1) ? [draw.pick([': nothing', 'no colon', 'a : b', 'expect: 100-continue', 'x: \u0000'])] : []),
  ]
}

/** A right upgrade, and then WebSocket frames that no client may send. */
export function brokenWebSocket(draw: Draw, host: string, path: string): readonly Uint8Array[] {
  const upgrade = [
    `GET ${path} HTTP/1.1`,
    `host: ${host}`,
    'connection: Upgrade',
    'upgrade: websocket',
    `sec-websocket-key: ${key}`,
    'sec-websocket-version: 13',
    '',
    '',
  ].join(crlf)
  const frames = Array.from({ length: draw.whole(1, 5) }, () => Uint8Array.from(frameBytes(draw)))
  return [new Uint8Array(Buffer.from(upgrade)), ...frames]
}

function frameBytes(draw: Draw): readonly number[] {
  const mask = [1, 2, 3, 4]
  return draw.pick<readonly number[]>([
    // Reserved bits; an opcode that is none; not masked.
    [0xf2, 0x80, ...mask],
    [0x83, 0x80, ...mask],
    [0x82, 0x01, 0x90],
    // Lengths of 2^63, of 2^53, of 4 GiB.
    [0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, ...mask],
    [0x82, 0xff, 0x00, 0x20, 0, 0, 0, 0, 0, 0, ...mask],
    [0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, ...mask],
    // A fragment that begins nothing; one that never ends; a close with half a code; a long ping.
    [0x80, 0x81, ...mask, 0x91],
    [0x02, 0x81, ...mask, 0x91],
    [0x88, 0x81, ...mask, 0x03],
    [0x88, 0x82, ...mask, 0x00, 0x00],
    [0x89, 0xfe, 0x10, 0x00, ...mask],
    [0x8a, 0x80, ...mask],
    // Text that is no UTF-8.
    [0x81, 0x81, ...mask, 0xfe],
    Array.from({ length: draw.whole(1, 60) }, () => draw.whole(0, 255)),
  ])
}
