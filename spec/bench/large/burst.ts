/**
 * The client of large commands, as a process of its own: while it makes 300 MB of text, nothing else in its process gets on. Its
 * argument is a `BurstOrder` as JSON, and it prints a `Bursts`.
 */
import { connectKv } from '../../../examples/kv/connect.ts'
import { type BurstOrder, runLarge } from './load.ts'

const { endpoints, timeoutMs, ...load } = JSON.parse(process.argv[2]!) as BurstOrder
const client = connectKv({ endpoints, timeoutMs })
process.stdout.write(JSON.stringify(await runLarge(client, load)))
client.close()
