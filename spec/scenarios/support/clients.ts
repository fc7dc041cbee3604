import type { ReplicaStatus } from '../../../actors/replica/status.ts'
import type { ClientAnswer, ClientRequest } from '../../../machines/protocol/client-messages.ts'
import { EpaxosError } from '../../../machines/protocol/errors.ts'
import type { InstanceId } from '../../../machines/protocol/instance-id.ts'
import type { Record } from '../../../machines/protocol/record.ts'
import type { ClientPeerEvents } from '../../../net/clients.ts'
import type { Letter } from './letters.ts'
import type { LogCommand } from './log-machine.ts'
import { Seats } from './seats.ts'
import type { Shown } from './story.ts'

/** A client at one of the replicas, and what it was answered. */
export interface Connection {
  readonly at: Letter
  readonly answers: ClientAnswer[]
  readonly requests: ClientPeerEvents['requests']
}

/** A read by quorum that a client of a replica waits for. */
export interface AwaitedRead {
  /** Its answer, once there is one and the promise of it was heard. */
  value: unknown
}

/** The table as clients and readers see it: what is asked of the replicas, and what a schedule leaves. */
export abstract class Clients extends Seats {
  readonly #results = new Map<string, unknown>()

  /** A client connects to the replica; what it is answered is gathered. */
  connect(at: Letter): Connection {
    const answers: ClientAnswer[] = []
    const { requests } = this.life(at).replica.connected({
      send: said => answers.push(...said),
      close: () => undefined,
    })
    answers.length = 0
    return { at, answers, requests }
  }

  /** The client of a connection asks something. @returns the instance in which it is proposed, if it is */
  request({ at, requests }: Connection, request: ClientRequest): InstanceId | undefined {
    this.say(`client > ${at} ${request.type}`)
    const id = this.witness.proposedBy(() => requests([request]))
    this.witness.check()
    return id
  }

  /** A command in the encoding of the state machine: it appends `name` to the log of `key`. */
  append(name: string, key = 'k'): Uint8Array {
    const command: LogCommand = [key, name, 'append']
    return this.codec.encodeData(command)
  }

  /** A client of the replica appends its command to the log of `key`. Not yet durable. */
  submit(at: Letter, key = 'k'): InstanceId {
    return this.#propose(at, key, 'append')
  }

  /** A client of the replica reads the log of `key`. Not yet durable. */
  submitRead(at: Letter, key = 'k'): InstanceId {
    return this.#propose(at, key, 'read')
  }

  /** A client of the replica reads the length of the log of `key` by quorum, or the names of all keys. */
  read(at: Letter, key: string | 'all' = 'k'): AwaitedRead {
    this.say(`READ at ${at}`)
    const read: AwaitedRead = { value: undefined }
    const command: LogCommand = key === 'all' ? ['', '', 'scan'] : [key, '', 'read']
    this.life(at)
      .replica.read(command)
      .then(
        value => {
          read.value = value
        },
        error => {
          read.value = error
        },
      )
    this.witness.check()
    return read
  }

  /** The length of the log of `key` as it is at the replica now, or the code of the refusal. */
  query(at: Letter, key = 'k'): unknown {
    try {
      return this.life(at).replica.query([key, '', 'read'])
    } catch (error) {
      if (error instanceof EpaxosError) return error.code
      throw error
    }
  }

  /** The commands whose clients have their result. */
  async answers(): Promise<readonly string[]> {
    await Promise.resolve()
    return [...this.#results.keys()]
  }

  status(at: Letter): ReplicaStatus {
    return this.life(at).replica.status()
  }

  /** Why the replica has ended by itself; undefined while it goes on. */
  stopped(at: Letter): string | undefined {
    return this.status(at).error
  }

  /** What was decided for `id`, if anybody could have seen it. */
  decided(id: InstanceId): Shown | undefined {
    return this.witness.decided(id)
  }

  /** The replica's own record of `id`: as its statechart has written it, or as it was on disk at the last start. */
  record(at: Letter, id: InstanceId): Record | undefined {
    return this.witness.record(at, id)
  }

  /**
   * The rule of [the protocol](../../../machines/protocol/README.md) by which the replica's last attempt at `id` moved
   * on.
   */
  rule(at: Letter, id: InstanceId): string | undefined {
    return this.witness.rule(at, id)
  }

  /** The names executed on a key, in order. */
  log(at: Letter, key = 'k'): readonly string[] {
    return this.life(at).machine.logs.get(key) ?? []
  }

  #propose(at: Letter, key: string, kind: 'append' | 'read'): InstanceId {
    const name = `${at}${this.story.steps}`
    this.say(`SUBMIT at ${at}${kind === 'read' ? ', a read' : ''}`)
    const { replica } = this.life(at)
    const id = this.witness.proposedBy(() => {
      // There is no result when a snapshot has it, or the replica ends: who expects one finds it missing.
      replica.propose([key, name, kind]).then(
        result => this.#results.set(name, result),
        () => undefined,
      )
    })
    this.witness.check()
    if (id === undefined) throw this.mistake(`${at} proposed nothing: is a flush in flight?`)
    return id
  }
}
