import { expect } from 'chai'
import { type Actor, createActor } from 'xstate'
import type { InstanceContext } from '../../machines/instance/context.ts'
import type { InstanceEvent } from '../../machines/instance/events.ts'
import { type InstanceMachine, instanceMachine } from '../../machines/instance/machine.ts'
import type { Addressed } from '../../machines/instance/outgoing.ts'
import type { Message } from '../../machines/protocol/messages.ts'
import { createDraw } from '../sim/world/random.ts'
import { type ActionCode, actionOf } from './actions.ts'
import { sound } from './broken.ts'
import { normalised } from './chart.ts'
import { configurationNamed, quick, settingOf } from './configuration.ts'
import { Replicas } from './replicas.ts'
import { stateAfter } from './story.ts'
import { World } from './world.ts'

/** For each of four configurations. */
const stepsMin = 3_000

interface Scope {
  readonly context: InstanceContext
  readonly event: InstanceEvent
}

/** The real statecharts of all replicas, as actors that live as long as a path does. */
class Actors {
  readonly #replicas: Replicas
  readonly #actors = new Map<string, Actor<InstanceMachine>>()
  /** `to message`, as the statechart has said them since the last look. */
  #said: string[] = []

  constructor(replicas: Replicas) {
    this.#replicas = replicas
  }

  send(self: number, command: number, event: InstanceEvent): void {
    const key = `${self} ${command}`
    let actor = this.#actors.get(key)
    if (actor === undefined) {
      actor = this.#born(self, command)
      this.#actors.set(key, actor)
    }
    actor.send(event)
  }

  /** A crash: a record, or nothing, brings new ones to life. */
  end(self: number): void {
    for (const key of this.#actors.keys()) if (key.startsWith(`${self} `)) this.#actors.delete(key)
  }

  /** The instance's state in the model's normal form; undefined when nothing was ever told to it. */
  stateOf(self: number, command: number): string | undefined {
    const snapshot = this.#actors.get(`${self} ${command}`)?.getSnapshot()
    if (snapshot === undefined) return undefined
    const { value, context } = normalised({ value: snapshot.value, context: snapshot.context })
    return JSON.stringify([value, context])
  }

  said(): string[] {
    const said = [...new Set(this.#said)].sort()
    this.#said = []
    return said
  }

  #born(self: number, command: number): Actor<InstanceMachine> {
    const { ids, membership } = this.#replicas.setting
    const { n } = membership.quorums
    const others = Array.from({ length: n }, (_, rank) => rank).filter(rank => rank !== self)
    const say = (to: readonly number[], message: Message): void => {
      for (const rank of to) if (rank !== self) this.#said.push(lineOf(rank, message))
    }
    const machine = instanceMachine.provide({
      actions: {
        writeRecord: () => undefined,
        announceTold: () => undefined,
        awaitFastPath: () => undefined,
        awaitMembers: () => undefined,
        reply: ({ event }: Scope, message: Message) => say(['from' in event ? event.from : self], message),
        broadcast: (_: Scope, message: Message) => say(others, message),
        sendTo: (_: Scope, { to, message }: Addressed) => say(to, message),
        announceCommit: ({ context: { id, path, record } }: Scope) => {
          const { cmd, dep } = record
          if (path !== 'told') say(others, { type: 'commit', id, cmd: cmd!, dep })
        },
      },
    })
    return createActor(machine, { input: { id: ids[command]!, self, quorums: membership.quorums } }).start()
  }
}

/** Of what is committed the ballots are left out, as in the model's normal form: the reply is judged by its phase. */
function lineOf(to: number, message: Message): string {
  const isFinal = message.type === 'recoverOk' && message.phase === 'committed'
  return `${to} ${JSON.stringify(isFinal ? { ...message, abal: 0, initDep: [] } : message)}`
}

/** Steps after which a path ends: what still comes is mostly repeats. */
const pathMax = 80

/** A random path of the model, each step compared with the actors. @returns steps, and the rules that were taken */
function walk(world: World, seed: number, rules: Map<string, number>): number {
  const { replicas } = world
  const draw = createDraw(`model ${seed}`)
  // A commit soon ends all that is interesting.
  const losesCommits = draw.chance(0.8)
  const actors = new Actors(replicas)
  let state = stateAfter(world, [])
  for (let steps = 0; steps < pathMax; steps++) {
    const codes = world.actions(state).filter(code => !(losesCommits && isCommit(world, code)))
    if (codes.length === 0) return steps
    const code = draw.pick(codes)
    const action = actionOf(code)
    const self = action.type === 'deliver' ? replicas.post.posted(action.message).to : action.rank
    if (action.type === 'restart') actors.end(self)
    const step = replicas.perform(state[self]!, code, (command, event) => actors.send(self, command, event))
    for (const rule of step.rules) rules.set(rule, (rules.get(rule) ?? 0) + 1)
    const { parts } = replicas.replica(step.replica)
    parts.forEach((part, command) => {
      const { value, context } = replicas.chart.part(part)
      const real = actors.stateOf(self, command)
      if (real !== undefined) expect(JSON.stringify([value, context])).to.equal(real)
    })
    const sent = step.sent.map(message => replicas.post.posted(message)).filter(({ to }) => to !== self)
    expect(sent.map(({ to, message }) => lineOf(to, message)).sort()).to.deep.equal(actors.said())
    state = world.after(state, code)?.state ?? state
  }
  return pathMax
}

function isCommit({ replicas }: World, code: ActionCode): boolean {
  const action = actionOf(code)
  return action.type === 'deliver' && replicas.post.posted(action.message).message.type === 'commit'
}

describe('model: the statechart takes the steps that the model takes', () => {
  const rules = new Map<string, number>()
  for (const name of ['pair', 'twice', 'restart', 'third']) {
    it(`on random paths of ${name}`, function () {
      const world = new World(new Replicas(settingOf(configurationNamed(name)), sound))
      let steps = 0
      let paths = 0
      while (steps < stepsMin) steps += walk(world, ++paths, rules)
      this.test!.title += ` (${steps} steps, ${paths} paths)`
    })
  }

  it('and the paths have taken the rules', function () {
    this.test!.title += ` (${[...rules]
      .sort()
      .map(([rule, count]) => `${rule}: ${count}`)
      .join(', ')})`
    expect([...rules.keys()]).to.include.members([...quick.takes])
  })
})
