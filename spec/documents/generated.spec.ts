import { expect } from 'chai'
import { textOf } from './documents.ts'
import { documentedIn } from './limits-page.ts'
import { generatedPages } from './write.ts'

describe('documents: pages made from the program', () => {
  for (const [path, made] of Object.entries(generatedPages))
    it(`${path} is as the program says`, async () => {
      const [expected, found] = [(await made()).split('\n'), textOf(path).split('\n')]
      const lines = Math.max(expected.length, found.length)
      const at = Array.from({ length: lines }, (_, line) => line).find(line => expected[line] !== found[line])
      if (at !== undefined) expect.fail(differenceOf(path, at, found[at], expected[at]))
    })

  it('every limit has a docstring', () => {
    const files = ['machines/protocol/shape.ts', 'actors/shared/limits.ts', 'examples/kv/validation.ts']
    const fields = files.flatMap(documentedIn)
    expect(fields.filter(({ text }) => text === '').map(({ name }) => name)).to.eql([])
  })
})

const differenceOf = (path: string, at: number, found: string | undefined, expected: string | undefined): string =>
  [
    `${path} differs from line ${at + 1} on; npx tsx spec/documents/write.ts writes it anew`,
    `  page:    ${found ?? '(it has ended)'}`,
    `  program: ${expected ?? '(it has ended)'}`,
  ].join('\n')
