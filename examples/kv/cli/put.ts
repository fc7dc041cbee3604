import type { Command } from 'commander'
import { kvCommand } from './kv-command.ts'

/** `epaxos put`: set a key. */
export const putCommand = (): Command => kvCommand('put', 'set a key').argument('<key>').argument('<value>')
