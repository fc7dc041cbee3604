import type { Command } from 'commander'
import { kvCommand } from './kv-command.ts'

/** `epaxos del`: remove a key; exit code 1 if it is absent. */
export const delCommand = (): Command => kvCommand('del', 'remove a key; exit code 1 if it is absent').argument('<key>')
