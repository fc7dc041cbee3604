import { expect } from 'chai'
import { instanceChart } from '../../../machines/instance/mermaid.ts'
import { expectGolden } from './support/golden.ts'
import { allLeaves, alwaysOf, events, rowOf } from './support/reactions.ts'

describe('instance: the chart as Mermaid', () => {
  const lines = instanceChart().trimEnd().split('\n')
  const id = (path: string): string => path.replaceAll('/', '_')

  it('is the golden one', () => expectGolden('chart.mmd', instanceChart()))

  it('keeps to the plain grammar of a stateDiagram-v2', () => {
    expect(lines[0]).to.equal('stateDiagram-v2')
    for (const line of lines.slice(1))
      expect(line).to.match(/^ +(state "\w+" as \w+( \{)?|\}|--|(\[\*\]|\w+) --> (\[\*\]|\w+)( : [\w\s[\],]+)?)$/)
    const opened = lines.filter(line => line.endsWith('{')).length
    expect(lines.filter(line => line.trim() === '}')).to.have.length(opened)
  })

  it('declares each state once, and draws no arrow from a composite state to one of its own', () => {
    const declared = lines.flatMap(line => / as (\w+)/.exec(line)?.[1] ?? [])
    expect(new Set(declared).size).to.equal(declared.length)
    for (const line of lines) {
      const [, from, to] = /^ +(\w+) --> (\w+)/.exec(line) ?? []
      if (from === undefined || to === undefined || from === to) continue
      expect(to.startsWith(`${from}_`), line).to.equal(false)
      expect(declared).to.include.members([from, to])
    }
  })

  it('shows every way out of every state, with its guard', () => {
    for (const leaf of allLeaves)
      for (const [event, reaction] of [
        ...events.flatMap(event => rowOf(leaf, event).reactions.map(reaction => [event, reaction] as const)),
        ...alwaysOf(leaf).map(reaction => ['', reaction] as const),
      ]) {
        const { target, guard } = reaction
        if (target === undefined) continue
        const label = [event, guard === undefined ? '' : `[${guard}]`].filter(part => part !== '').join(' ')
        const sources = [leaf, ...(leaf.parent?.parent === undefined ? [] : [leaf.parent.parent])]
        const isDrawn = sources.some(source =>
          lines.some(
            line => line.includes(`${id(source.path.join('/'))} --> ${id(target)} : `) && line.includes(label),
          ),
        )
        const isInAnotherRegion = target.startsWith('undecided/') && !target.startsWith(leaf.parent!.path.join('/'))
        if (!isInAnotherRegion) expect(isDrawn, `${leaf.path.join('/')} --> ${target} : ${label}`).to.equal(true)
      }
  })
})
