import type { ComponentChildren, JSX } from 'preact'
import { lacks } from '../../../model/lacks.ts'
import type { State } from '../../../model/state.ts'
import { stuck } from '../../../model/stuck.ts'
import { whyBlocked } from '../../../model/why-blocked.ts'
import { duration } from '../../../model/words.ts'
import type { Id, Member } from '../../../trace/format.ts'
import { labelOf } from '../../../trace/ids.ts'
import { phaseOf, phaseWords } from '../draw/colours.ts'
import { areValuesShown, pick, picked, pickedAt } from '../state/choices.ts'
import { InstanceLink, Linked, Replica } from './replica.tsx'
import { commandInWords } from './words.ts'

/** What stands beside a chart: the picked instance, or whom one could pick. */
export function SidePanel({ state, children }: { state: State; children?: ComponentChildren }): JSX.Element {
  const id = picked.value
  return (
    <aside class="side">
      {id === undefined ? <WhomToPick state={state} /> : <Picked state={state} id={id} />}
      {children}
    </aside>
  )
}

function WhomToPick({ state }: { state: State }): JSX.Element {
  const { header } = state
  const waiting = stuck(state, 0, 6)
  const latest = [...state.instances.keys()].slice(-8).reverse()
  return (
    <>
      <section>
        <h2>Pick an instance</h2>
        <p class="soft">
          An instance is one proposal of commands: <b>{header.names[0]}.3</b> is the third of replica {header.names[0]}.
          Click one here, or press <kbd>/</kbd> and type its name.
        </p>
      </section>
      <section>
        <h3>Longest without execution</h3>
        {waiting.length === 0 ? (
          <p class="soft">Nothing waits: all that is seen is executed.</p>
        ) : (
          <ul class="rows">
            {waiting.map(({ id, at, forMs }) => (
              <li key={id}>
                <InstanceLink header={header} id={id} />
                <span class="soft cut">
                  {phaseInWords(state, id, at)} at <Replica header={header} member={at} />
                </span>
                <span class="end">{duration(forMs)}</span>
              </li>
            ))}
          </ul>
        )}
      </section>
      {latest.length > 0 && (
        <section>
          <h3>Latest</h3>
          <ul class="rows">
            {latest.map(id => (
              <li key={id}>
                <InstanceLink header={header} id={id} />
                <span class="soft cut">{commandInWords(state.instances.get(id)!.cmd, areValuesShown.value)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  )
}

function phaseInWords(state: State, id: Id, at: Member): string {
  const side = state.instances.get(id)?.sides[state.header.members.indexOf(at)]
  return side === undefined ? 'not heard of' : phaseWords[phaseOf(side.states, side.executedMs !== undefined)]
}

function Picked({ state, id }: { state: State; id: Id }): JSX.Element {
  const { header } = state
  const instance = state.instances.get(id)
  const at = placeOf(state, id)
  return (
    <>
      <section>
        <h2>
          <InstanceLink header={header} id={id} />
          <button type="button" class="quiet end" onClick={() => pick(undefined)} title="Pick none (Esc)">
            ✕
          </button>
        </h2>
        <p class="soft cut">
          {instance === undefined
            ? 'Nothing is known of it at this point of the trace.'
            : commandInWords(instance.cmd, areValuesShown.value)}
        </p>
      </section>
      {instance !== undefined && (
        <>
          <Why state={state} id={id} at={at} />
          <section>
            <h3>Where it stands, and what each next step lacks</h3>
            {header.members.map((member, rank) => (
              <Side key={member} state={state} id={id} member={member} rank={rank} isChosen={member === at} />
            ))}
          </section>
        </>
      )}
    </>
  )
}

/** Whose side of the picked instance is looked at. */
export function placeOf(state: State, id: Id): Member {
  const { header, replicas } = state
  if (pickedAt.value !== undefined) return pickedAt.value
  const own = Number(id.split('.')[0])
  if (replicas[header.members.indexOf(own)]?.isUp) return own
  const sides = state.instances.get(id)?.sides ?? []
  return replicas.find(({ isUp, rank }) => isUp && sides[rank] !== undefined)?.member ?? own
}

function Why({ state, id, at }: { state: State; id: Id; at: Member }): JSX.Element {
  const { header } = state
  const { isBlocked, lines } = whyBlocked(state, id, at)
  return (
    <section class={`why ${isBlocked ? 'blocked' : ''}`} data-test="why">
      <h3>
        {isBlocked ? 'Why is it not executing at ' : 'Executed at '}
        <Replica header={header} member={at} />
        {isBlocked ? '?' : ''}
      </h3>
      <ol>
        {lines.map((line, at) => (
          <li key={at}>
            <Linked header={header} text={line} />
          </li>
        ))}
      </ol>
    </section>
  )
}

interface SideProps {
  readonly state: State
  readonly id: Id
  readonly member: Member
  readonly rank: number
  readonly isChosen: boolean
}

function Side({ state, id, member, rank, isChosen }: SideProps): JSX.Element {
  const { header } = state
  const side = state.instances.get(id)?.sides[rank]
  const phase = side === undefined ? undefined : phaseOf(side.states, side.executedMs !== undefined)
  const all = lacks(state, member, id)
  return (
    <div class={`where ${isChosen ? 'chosen' : ''}`}>
      <button type="button" class="quiet wide" onClick={() => pick(id, member)} title="Look at this replica's side">
        <Replica header={header} member={member} />
        {phase === undefined ? (
          <span class="soft">has not heard of it</span>
        ) : (
          <>
            <span class={`phase phase-${phase}`}>{side!.states.join(', ')}</span>
            {phase === 'executed' && !side!.states.includes('executed') && <span class="soft">executed</span>}
          </>
        )}
        {!state.replicas[rank]!.isUp && <span class="badge alarm">down</span>}
      </button>
      {phase !== undefined && phase !== 'executed' && state.replicas[rank]!.isUp && (
        <ul class="lacks">
          {all.map(({ from, to, words, isImpossible }) => (
            <li key={`${from}>${to}`} class={isImpossible ? 'soft' : ''}>
              <b>→ {to}</b> {words === '' ? 'nothing is lacking' : <Linked header={header} text={words} />}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

/** One line over all views: what waits too long, and why. */
export function Blocked({ state, olderThanMs }: { state: State; olderThanMs: number }): JSX.Element | null {
  const [first, ...others] = stuck(state, olderThanMs, 20)
  if (first === undefined) return null
  const { header } = state
  const { lines } = whyBlocked(state, first.id, first.at)
  return (
    <div class="banner alarm" role="status" data-test="blocked">
      <b>
        <InstanceLink header={header} id={first.id} /> has been blocked for {duration(first.forMs)}
        {others.length > 0 && `, and ${others.length}${others.length >= 19 ? ' or more' : ''} others`}.
      </b>{' '}
      <Linked header={header} text={lines.at(-1) ?? `${labelOf(header, first.id)} waits.`} />
    </div>
  )
}
