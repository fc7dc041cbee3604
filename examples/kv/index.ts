/** The replicated key-value store as a library: its state machine, its commands, and its client. */
export { type KvClient, KvResultError, kvClientOver, type PutOptions, type ReadOptions } from './client.ts'
export * from './commands.ts'
export { connectKv, type KvClientOptions } from './connect.ts'
export type { ScanOptions } from './scan.ts'
export { createKvStateMachine, type KvStateMachine } from './state-machine.ts'
export { defaultKvLimits, KvCommandError, type KvLimits } from './validation.ts'
