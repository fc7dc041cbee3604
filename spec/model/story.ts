import { NOP } from '../../machines/protocol/commands.ts'
import { type ActionCode, actionOf, raisedOf } from './actions.ts'
import { commandName, replicaName } from './names.ts'
import type { Posted } from './post.ts'
import type { State, World } from './world.ts'

/** An action in words: `A submits X`, `A>C preAccept X {}`, `B recovers X`. */
export function lineOf(world: World, code: ActionCode): string {
  const action = actionOf(code)
  if (action.type === 'deliver') return messageLine(world, world.replicas.post.posted(action.message))
  const replica = replicaName(action.rank)
  switch (action.type) {
    case 'submit':
      return `${replica} submits ${commandName(action.what)}`
    case 'submitRaised': {
      const { command, of } = raisedOf(action.what)
      return `${replica} submits ${commandName(command)}, and has heard of the barrier of ${replicaName(of)}`
    }
    case 'lift':
      return `${replica} lifts its barrier`
    case 'recover':
      return `${replica} recovers ${commandName(action.what)}`
    case 'giveUp':
      return `${replica} no longer waits for the fast path of ${commandName(action.what)}`
    case 'crash':
      return `${replica} stops for ever`
    case 'restart':
      return `${replica} restarts${action.what === 0 ? '' : `, and has forgotten ${commandsIn(action.what)}`}`
  }
}

function messageLine(world: World, { from, to, message }: Posted): string {
  const { setting } = world.replicas
  const set = (dep: readonly number[]) =>
    `{${setting.ids.flatMap((id, at) => (id.index <= dep[id.rank]! ? [commandName(at)] : [])).join(' ')}}`
  const text = [`${message.type} ${commandName(setting.numberOf(message.id))}`]
  if ('bal' in message) text.push(`ballot ${message.bal}`)
  if (message.type === 'recoverOk') text.push(message.phase)
  if ('cmd' in message && message.cmd === NOP) text.push('Nop')
  else if ('dep' in message && !(message.type === 'recoverOk' && message.phase === 'initial'))
    text.push(set(message.dep))
  if (message.type === 'recoverOk' && message.phase === 'accepted') text.push(`of ballot ${message.abal}`)
  if (message.type === 'validateOk')
    text.push(
      `I={${message.invalidating.map(each => commandName(setting.numberOf(each.id)) + (each.committed ? ' committed' : '')).join(' ')}}`,
    )
  if (message.type === 'waiting') text.push(`k=${message.k}`)
  const sender = message.type === 'commit' || message.type === 'waiting' ? '' : replicaName(from)
  return `${sender}>${replicaName(to)} ${text.join(' ')}`
}

const commandsIn = (bits: number): string =>
  [0, 1, 2, 3].flatMap(command => ((bits >> command) & 1 ? [commandName(command)] : [])).join(', ')

/**
 * The state that the lines of a story lead to. A line may leave out the end of an action's words.
 * @throws Error for a line that fits no action, or more than one
 */
export function stateAfter(world: World, lines: readonly string[]): State {
  let state = world.initial()
  for (const line of lines) {
    const codes = world.actions(state)
    const fitting = codes.filter(code => lineOf(world, code).startsWith(line))
    if (fitting.length !== 1)
      throw new Error(
        `'${line}' fits ${fitting.length} of what may happen: ${codes.map(code => lineOf(world, code)).join('; ')}`,
      )
    const after = world.after(state, fitting[0]!)
    if (after === undefined) throw new Error(`'${line}' changes nothing`)
    state = after.state
  }
  return state
}
