import { connect } from 'node:net'

/** Sends bytes to a port of loopback, and returns the status that is answered; undefined when the socket only ends. */
export function rawRequest(port: number, lines: readonly string[]): Promise<number | undefined> {
  return new Promise(resolve => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(`${lines.join('\r\n')}\r\n\r\n`))
    const done = () => {
      const status = /^HTTP\/1\.1 (\d+)/.exec(text)?.[1]
      socket.destroy()
      resolve(status === undefined ? undefined : Number(status))
    }
    socket.on('data', part => {
      text += part
      if (text.includes('\r\n\r\n')) done()
    })
    socket.on('error', done).on('close', done)
  })
}

/** The lines of a WebSocket handshake. */
export const handshakeLines = (target: string, headers: { readonly [name: string]: string }): readonly string[] => [
  `GET ${target} HTTP/1.1`,
  ...Object.entries({
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`),
]
