import { WebSocket } from 'ws'
import { endpointUrl, tapPath } from '../../../net/ws/url.ts'

// Somebody who looks at all replicas and throws away what they tell: what looking costs them, and nothing else.
let bytes = 0
const sockets = process.argv.slice(2).map(endpoint => {
  const socket = new WebSocket(endpointUrl(endpoint, tapPath), { perMessageDeflate: false })
  socket.on('message', (data: Buffer) => {
    bytes += data.length
  })
  socket.on('close', (code: number) => {
    process.stderr.write(`a replica has ended the connection: ${code}\n`)
    process.exit(1)
  })
  return socket
})
await Promise.all(sockets.map(socket => new Promise(resolve => socket.once('open', resolve))))
process.send!('open')
process.on('message', () => process.send!(bytes, () => process.exit(0)))
process.once('disconnect', () => process.exit(0))
