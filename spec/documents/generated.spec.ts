import { expect } from 'chai'
import { textOf } from './documents.ts'
import { documentedIn } from './limits-page.ts'
import { generatedPages } from './write.ts'

describe('documents: pages made from the program', () => {
  for (const [path, made] of Object.entries(generatedPages))
    it(`${path} is as the program says; npx tsx spec/documents/write.ts writes it anew`, async () => {
      const [expected, found] = [(await made()).split('\n'), textOf(path).split('\n')]
      const differ = expected.flatMap((line, at) => (line === found[at] ? [] : [`${at + 1}: ${line}`]))
      expect(differ).to.eql([])
      expect(found.length).to.equal(expected.length)
    })

  it('every limit has a docstring', () => {
    const files = ['machines/protocol/shape.ts', 'actors/shared/limits.ts', 'examples/kv/validation.ts']
    const fields = files.flatMap(documentedIn)
    expect(fields.filter(({ text }) => text === '').map(({ name }) => name)).to.eql([])
  })
})
