import { readFileSync } from 'node:fs'
import { expect } from 'chai'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const figures = readFileSync(new URL('./bench/README.md', import.meta.url), 'utf8')

/** Programs, commands, links and tables of all documents are held to the code by spec/documents. */
describe('README', () => {
  it('has at most 9,000 bytes', () => {
    expect(Buffer.byteLength(readme)).to.be.at.most(9_000)
  })

  it('has a picture, the figures with date and machine, and both commands, in this order', () => {
    const places = ['picture.png', '**Figures.**', 'npm install && npm start', 'npm install && npm test'].map(each =>
      readme.indexOf(each),
    )
    expect(places).not.to.include(-1)
    expect([...places].sort((a, b) => a - b)).to.eql(places)
    expect(readme).to.match(/\*\*Figures\.\*\*[^|]*Node \d+\.\d+, \d{4}-\d\d-\d\d/)
    expect(readme.slice(0, places[1]).split('\n').length, 'the figures are on the first screen').to.be.at.most(20)
  })

  it('has the figures that were measured', () => {
    const rows = readme.split('\n').filter(line => /^\| [\d,]+ +\|/.test(line))
    expect(rows).to.have.length(4)
    for (const row of rows) {
      const cells = cellsOf(row)
      const measured = figures.split('\n').find(line => line.startsWith(`| ${cells[0]} `) && line.includes('+'))
      const [clients, rate, etcd, , p50, p50Etcd, p99, p99Etcd] = cellsOf(measured!)
      expect(cells).to.eql([clients, rate, etcd, p50, p50Etcd, p99, p99Etcd])
    }
  })

  it('has a program of at most forty lines, and short guides to the store and the debugger', () => {
    const [, program] = /```ts\n([\s\S]*?)\n```/.exec(readme)!
    expect(program!.split('\n').length).to.be.at.most(40)
    const linesOf = (title: string) => readme.split(`## ${title}\n`)[1]!.split('\n## ')[0]!.split('\n').length
    expect(linesOf('The debugger')).to.be.at.most(14)
    expect(linesOf('Guarantees')).to.be.at.most(9)
  })
})

const cellsOf = (row: string): readonly string[] =>
  row
    .split('|')
    .slice(1, -1)
    .map(cell => cell.trim())
