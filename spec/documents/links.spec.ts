import { existsSync } from 'node:fs'
import { posix } from 'node:path'
import { expect } from 'chai'
import { root } from '../cluster/run-cli.ts'
import { anchorsOf, blocksOf, documents, filesOf, proseOf, textOf } from './documents.ts'

/** What is wrong with a link from a file, if anything. */
function fault(from: string, target: string): string | undefined {
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? from : posix.join(posix.dirname(from), path)
  if (!existsSync(`${root}/${file}`)) return `${from}: ${target}: there is no ${file}`
  if (anchor !== undefined && !anchorsOf(textOf(file)).has(anchor)) return `${from}: ${target}: no anchor #${anchor}`
  return undefined
}

const isOutside = (target: string): boolean => /^[a-z]+:/.test(target)

describe('documents: links', () => {
  for (const path of documents)
    it(path, () => {
      const links = [...proseOf(textOf(path)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!)
      expect(links.flatMap(target => (isOutside(target) ? [] : (fault(path, target) ?? [])))).to.eql([])
    })

  it('in comments of the code lead somewhere', () => {
    const faults = filesOf('*.ts', '*.tsx').flatMap(path => {
      const comments = [...textOf(path).matchAll(/\/\*\*[\s\S]*?\*\/|^\s*\/\/.*$/gm)]
        .map(([comment]) => comment)
        .join('\n')
      return [...comments.matchAll(/\[[^\]]+\]\(([^)\s]+\.md[^)\s]*)\)/g)].flatMap(
        ([, target]) => fault(path, target!) ?? [],
      )
    })
    expect(faults).to.eql([])
  })

  it('lead to every room of actors/: it has a row in the architecture, and a page that says what it may import', () => {
    const architecture = textOf('actors/ARCHITECTURE.md')
    const rooms = [...new Set(filesOf('actors/*/*.ts').map(path => path.split('/')[1]!))]
    expect(rooms.filter(room => !architecture.includes(`| \`${room}/\``))).to.eql([])
    for (const room of rooms) expect(textOf(`actors/${room}/README.md`), room).to.match(/imports|may touch|may import/)
  })

  it('show code as it stands in the file that they name', () => {
    const excerpts = documents.flatMap(blocksOf).filter(({ comment }) => comment.startsWith('from '))
    expect(excerpts).not.to.eql([])
    for (const { path, line, comment, text } of excerpts)
      expect(textOf(comment.slice('from '.length)).includes(text), `${path}:${line}`).to.equal(true)
  })

  it('name files by paths that exist', () => {
    const faults = documents.flatMap(path =>
      [...textOf(path).matchAll(/`((?:machines|actors|net|storage|spec|examples)\/[\w./-]+\.\w+)`/g)]
        .map(([, file]) => file!)
        .filter(file => !existsSync(`${root}/${file}`) && !/NAME/.test(file))
        .map(file => `${path}: ${file}`),
    )
    expect(faults).to.eql([])
  })
})
