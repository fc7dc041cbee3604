import type { Command } from 'commander'
import { kvCommand } from './kv-command.ts'

/** `epaxos append`: add text at the end of a value. */
export const appendCommand = (): Command =>
  kvCommand('append', 'add text at the end of a value').argument('<key>').argument('<text>')
