import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { programErrorCodes } from '../../../examples/cli/error-codes.ts'
import { errorCodes } from '../../../machines/protocol/error-codes.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const tables = ['machines/protocol/error-codes.ts', 'examples/cli/error-codes.ts']

const sourcesIn = (...folders: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    folders
      .flatMap(folder => readdirSync(join(root, folder), { recursive: true }).map(file => join(folder, String(file))))
      .filter(file => /\.tsx?$/.test(file) && !tables.includes(file))
      // A class's or a type's list of its codes raises none of them.
      .map(file => [file, readFileSync(join(root, file), 'utf8').replace(/ErrorCodeOf<[^>]*>/g, '')]),
  )
const packaged = sourcesIn('machines', 'actors', 'net', 'storage')
const programs = sourcesIn('examples')

/** The codes of errors that are made there by name: `new StoreError('storeFull', ...)`, `super('usage', ...)`. */
function raisedIn(sources: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const raised = new Map<string, string>()
  for (const [file, text] of sources)
    for (const [, code] of text.matchAll(/(?:new \w+Error|super)\(\s*'(\w+)',/g)) raised.set(code!, file)
  return raised
}

const codesWithout = (sources: ReadonlyMap<string, string>, codes: readonly string[]): readonly string[] => {
  const all = [...sources.values()].join('\n')
  return codes.filter(code => !all.includes(`'${code}'`))
}

describe('error codes', () => {
  it('every one that the package raises is in its table, and every one in the table is raised', () => {
    const raised = raisedIn(packaged)
    expect(raised.size).to.be.above(15)
    for (const [code, file] of raised) expect(errorCodes, file).to.have.property(code)
    expect(codesWithout(packaged, Object.keys(errorCodes))).to.eql([])
  })

  it('every one that the programs raise besides is in theirs, and every one in theirs is raised', () => {
    for (const [code, file] of raisedIn(programs)) expect(programErrorCodes, file).to.have.property(code)
    const own = Object.keys(programErrorCodes).filter(code => !Object.hasOwn(errorCodes, code))
    expect(codesWithout(programs, own)).to.eql([])
  })

  it('says of each in one line what it means and what to do', () => {
    for (const [code, { meaning, remedy }] of Object.entries(programErrorCodes))
      for (const text of [meaning, remedy]) {
        expect(text, code).to.match(/^\S[^\n]*[^\n.\s]$/)
        expect(text.length, code).to.be.below(400)
      }
  })
})
