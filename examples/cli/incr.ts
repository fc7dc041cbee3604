import type { Command } from 'commander'
import { kvCommand } from './kv-command.ts'

/** `epaxos incr`: add to a whole number and print the sum. */
export const incrCommand = (): Command =>
  kvCommand('incr', 'add to a whole number and print the sum').argument('<key>').argument('[by]', 'what to add', '1')
