import { expect } from 'chai'
import fc from 'fast-check'
import { lineOf, quoted, valueFor } from '../../../examples/cli/quoted.ts'
import { wordsOf } from '../../../examples/cli/words.ts'
import { harmless } from '../../../index.ts'

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('\n', '\u001b', '"', '\\', 'a', '\u202e', '\u2028', '\u009b', '\u007f', ' ', "'"),
  }),
)

describe('command line: input 17: what is printed', () => {
  it('a key is a line of its own, which is read again as it was', () => {
    expect(['k', 'k 1', "it's", 'é', '"', 'a\nb', '\u001b[2J', 'a\u202eb'].map(lineOf)).to.eql([
      'k',
      'k 1',
      "it's",
      'é',
      '"\\""',
      '"a\\nb"',
      '"\\u001b[2J"',
      '"a\\u202eb"',
    ])
    fc.assert(
      fc.property(anyText, key => {
        const line = lineOf(key)
        expect(line).to.not.match(/[\p{Cc}\u202e]/u)
        expect(line.startsWith('"') ? JSON.parse(line) : line).to.equal(key)
        expect(wordsOf(`put ${quoted(key)} v`), 'at the prompt').to.eql(['put', key, 'v'])
      }),
    )
  })

  it('a value harms no terminal, and is as it was for everybody else', () => {
    expect(valueFor('\u001b[2J', true)).to.equal('"\\u001b[2J"')
    expect(valueFor('\u001b[2J', false)).to.equal('\u001b[2J')
    expect(valueFor('two\n\tlines', true)).to.equal('two\n\tlines')
    expect(harmless('error at \u001b]0;x\u0007')).to.equal('error at \\u001b]0;x\\u0007')
  })
})
