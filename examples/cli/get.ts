import type { Command } from 'commander'
import { kvCommand } from './kv-command.ts'
import { staleOption } from './options.ts'

/** `epaxos get`: print the value of a key; exit code 1 if it is absent. */
export const getCommand = (): Command =>
  kvCommand('get', 'print the value of a key; exit code 1 if it is absent').argument('<key>').addOption(staleOption())
