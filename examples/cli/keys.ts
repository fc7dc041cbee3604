import type { Command } from 'commander'
import { kvCommand } from './kv-command.ts'
import { staleOption } from './options.ts'

/** `epaxos keys`: print the keys, in order. */
export const keysCommand = (): Command =>
  kvCommand('keys', 'print the keys, in order')
    .argument('[prefix]', 'only those that begin with it')
    .addOption(staleOption())
