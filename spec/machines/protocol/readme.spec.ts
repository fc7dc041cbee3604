import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { mutants } from '../../mutants/catalogue/index.ts'
import { rules } from '../../sim/checks/rules.ts'

const text = readFileSync(new URL('../../../machines/protocol/README.md', import.meta.url), 'utf8')

/** `4`, `4.5`, `4.5.2`: the sections, the numbered rules in them, and the numbered cases of those. */
function numbersOf(markdown: string): ReadonlySet<string> {
  const numbers = new Set<string>()
  let [section, rule] = ['', '']
  for (const line of markdown.split('\n')) {
    const [, indent, number] = /^(## |\s*)(\d+[a-z]?)\. /.exec(line) ?? []
    if (number === undefined) continue
    if (indent === '## ') section = number
    else if (indent === '') rule = `${section}.${number}`
    numbers.add(indent === '## ' ? section : indent === '' ? rule : `${rule}.${number}`)
  }
  return numbers
}

describe('the protocol, rule by rule', () => {
  const numbers = numbersOf(text)

  it('has the rules that are counted, under their numbers', () => {
    const cited = rules.map(rule => rule.split(' ')[0]!)
    expect(cited.filter(number => !numbers.has(number))).to.eql([])
  })

  it('has the mistakes that mutants make', () => {
    const rows = mutants.flatMap(mutant => mutant.rows).filter(row => /^[BCDLTX]\d+[a-z]?$|^[NVG]$/.test(row))
    const isNamed = (row: string) => new RegExp(`(\\| |\\*\\*|, )${row}( +\\||\\*\\*|,)`).test(text)
    expect([...new Set(rows)].filter(row => !isNamed(row))).to.eql([])
  })
})
