import type { JSX } from 'preact'
import type { Id, Member, TraceHeader } from '../../../trace/format.ts'
import { labelOf, nameOf } from '../../../trace/ids.ts'
import { pick, picked } from '../state/choices.ts'

/** A replica: its colour, and its name for those who cannot tell colours apart. */
export const Replica = ({ header, member }: { header: TraceHeader; member: Member }): JSX.Element => (
  <span class={`replica member-${header.members.indexOf(member)}`}>{nameOf(header, member)}</span>
)

/** An instance that one can pick. */
export const InstanceLink = ({ header, id }: { header: TraceHeader; id: Id }): JSX.Element => (
  <button
    type="button"
    class={`instance member-${header.members.indexOf(Number(id.split('.')[0]))} ${picked.value === id ? 'picked' : ''}`}
    onClick={() => pick(id)}
  >
    {labelOf(header, id)}
  </button>
)

/** A text whose instances (`A.3`) can be picked. */
export function Linked({ header, text }: { header: TraceHeader; text: string }): JSX.Element {
  const parts = text.split(labelPattern(header))
  return (
    <>
      {parts.map((part, at) => {
        const id = at % 2 === 1 ? idOfLabel(header, part) : undefined
        return id === undefined ? part : <InstanceLink key={at} header={header} id={id} />
      })}
    </>
  )
}

/** `2.1 s` is a time, and `2.1` before anything else an instance. */
const labelPattern = (header: TraceHeader): RegExp =>
  new RegExp(`(?<![\\w.])((?:${header.names.join('|')})\\.\\d+)(?![\\w.]*\\d|\\s?(?:ms|s|min)\\b)`)

/** @returns undefined for what is no instance of a member */
export function idOfLabel(header: TraceHeader, label: string): Id | undefined {
  const match = /^\s*(\w+)\.(\d+)\s*$/.exec(label)
  if (match === null) return undefined
  const name = match[1]!
  const rank = header.names.findIndex(each => each.toLowerCase() === name.toLowerCase())
  const member = header.members[rank] ?? header.members.find(each => String(each) === name)
  return member === undefined ? undefined : `${member}.${match[2]}`
}
