import { Argument, Command } from 'commander'
import { harmless } from '../../index.ts'
import { RefusedError } from './exit.ts'
import { askForgetPeer, type ForgetAnswer } from './forget-peer.ts'
import { endpointsOption, jsonOption, timeoutOption, wholeNumber } from './options.ts'
import { jsonLine } from './output.ts'

interface ForgetFlags {
  readonly endpoints: readonly string[]
  readonly timeout: number
  readonly json?: true
}

/** `epaxos peer`: what an operator does about a member's store. */
export const peerCommand = (): Command =>
  new Command('peer')
    .description('let a member come with another store than the one that greeted first under its id')
    .addArgument(new Argument('<action>', 'forget the store by which the replicas know the member').choices(['forget']))
    .addArgument(new Argument('<id>', 'the member').argParser(wholeNumber(1)))
    .addOption(endpointsOption())
    .addOption(timeoutOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
For a member that has not come yet, and whose id a stranger or a mistake has used: each replica forgets the store by
which it knows the member. Name all other replicas, for those that still know the store tell the rest. A store that has taken
part in anything is never forgotten, as its votes count, and stop the stranger first: a member that is connected is not
forgotten either.
Exit code: 0 all have forgotten it, 1 one has not, 2 usage, 3 one did not answer.`,
    )
    .action(forget)

async function forget(_action: string, member: number, { endpoints, timeout, json }: ForgetFlags): Promise<void> {
  const answers = await Promise.all(endpoints.map(endpoint => askForgetPeer(endpoint, member, timeout)))
  if (json) process.stdout.write(jsonLine(answers))
  else
    for (const answer of answers)
      process.stdout.write(`${harmless(`${answer.endpoint}  ${wordsOf(member, answer)}`)}\n`)
  // The replica of the member itself may be among those that are asked.
  const others = answers.filter(({ verdict }) => verdict !== 'isSelf')
  const silent = others.find(({ verdict }) => verdict === 'noAnswer')
  if (others.some(({ verdict }) => verdict !== 'forgotten' && verdict !== 'noAnswer') || others.length === 0)
    throw new RefusedError(`member ${member} is not forgotten everywhere`)
  if (silent !== undefined) throw silent.error
}

function wordsOf(member: number, { verdict, error }: ForgetAnswer): string {
  switch (verdict) {
    case 'forgotten':
      return `member ${member} may come with another store`
    case 'tookPart':
      return `not forgotten: the store of member ${member} has taken part, and its votes count`
    case 'isConnected':
      return `not forgotten: member ${member} is connected; stop the process that greets under its id`
    case 'isSelf':
      return `this is member ${member}`
    case 'noMember':
      return `${member} is no member`
    case 'noAnswer':
      return `no answer: ${error.message}`
  }
}
