import { posix } from 'node:path'
import { expect } from 'chai'
import { allStates, metaOf, nameOf } from '../machines/instance/support/reactions.ts'
import { anchorsOf, filesOf, textOf } from './documents.ts'

const page = 'machines/protocol/README.md'
const anchors = anchorsOf(textOf(page))

/** `3.4` is at #rule-3-4, `6` at #section-6. */
const anchorOf = (number: string): string =>
  number.includes('.') ? `rule-${number.replaceAll('.', '-')}` : `section-${number}`
const isRule = (number: string): boolean => anchors.has(anchorOf(number))

/** `4.4, 4.5` and `3.3 fast`: the numbers in a text that says which rules. */
const numbersIn = (text: string): readonly string[] => text.match(/\b\d+(\.\d+)*\b/g) ?? []

const commentsIn = (path: string): string =>
  [...textOf(path).matchAll(/\/\*\*[\s\S]*?\*\/|^\s*\/\/.*$/gm)]
    .map(([comment]) => comment.replace(/\s*\n\s*\*?\s*/g, ' '))
    .join('\n')

describe('citations of the protocol', () => {
  const sources = filesOf('*.ts', '*.tsx')

  it('the rules have anchors', () => {
    for (const number of ['1', '3.4', '4.3', '4.5.2', '9', '10.2']) expect(isRule(number), number).to.equal(true)
    expect(isRule('4.5.9')).to.equal(false)
    expect(numbersIn('rules 10.2 and 4.5'), 'whole numbers').to.eql(['10.2', '4.5'])
  })

  it('the rules that states name under meta.rule exist', () => {
    for (const state of allStates)
      for (const number of numbersIn(metaOf(state)?.rule ?? ''))
        expect(isRule(number), `${nameOf(state)}: ${number}`).to.equal(true)
  })

  it('a click leads from every state file to its rules: all that meta.rule names, and no other', () => {
    const states = filesOf('machines/instance/states').filter(path => path.endsWith('.ts'))
    expect(states.length).to.be.at.least(14)
    for (const path of states) {
      const [, rule = ''] = /^ +rule: '([^']+)'/m.exec(textOf(path)) ?? []
      const up = posix.relative(posix.dirname(path), page)
      const links = [...textOf(path).matchAll(/\[([\d.]+)\]\(([^)#]+)#([\w-]+)\)/g)].map(([, ...link]) => link)
      expect(links, path).to.eql(numbersIn(rule).map(number => [number, up, anchorOf(number)]))
    }
  })

  it('rules and sections that comments name exist', () => {
    const faults = sources.flatMap(path =>
      [...commentsIn(path).matchAll(/\b(?:rules?|sections?) ((?:\d+(?:\.\d+)*(?:, | and | to )?)+)/g)].flatMap(
        ([, numbers]) =>
          numbersIn(numbers!)
            .filter(number => !isRule(number))
            .map(number => `${path}: ${number}`),
      ),
    )
    expect(faults).to.eql([])
  })

  it('no file cites the protocol by a name that does not resolve', () => {
    const wrong = 'protocol.' + 'md'
    expect(filesOf('*.ts', '*.tsx', '*.md').filter(path => textOf(path).includes(wrong))).to.eql([])
  })
})
