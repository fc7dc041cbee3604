import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { Programs } from '../support/programs.ts'

describe('examples/embed: counters behind an HTTP server', function () {
  this.timeout(120_000)
  let programs: Programs
  beforeEach(async () => {
    programs = await Programs.create('embed/main.ts', 3)
  })
  afterEach(() => programs.dispose())

  const add = (id: number, path: string) => programs.ask(id, path, { method: 'POST' })

  it('is a program of at most 40 lines', () => {
    const text = readFileSync(new URL('../../../examples/embed/main.ts', import.meta.url), 'utf8')
    expect(text.trimEnd().split('\n').length).to.be.at.most(40)
  })

  it('counts at any replica, says what is wrong, and counts on where it was after all were killed', async () => {
    await programs.startAll('--bootstrap')
    expect(await add(1, '/apples?by=300')).to.eql([200, '300'])
    expect(await add(2, '/apples')).to.eql([200, '301'])
    expect(await programs.ask(3, '/apples')).to.eql([200, '301'])
    expect(await programs.ask(1, '/pears')).to.eql([200, '0'])
    expect(await add(1, `/apples?by=${Number.MAX_SAFE_INTEGER}`)).to.eql([409, 'out of range'])
    expect((await add(1, '/apples?by=half'))[0]).to.equal(400)
    expect((await add(1, '//'))[0]).to.equal(200)
    const ofAPage = { method: 'POST', headers: { origin: 'https://evil.example' } }
    expect((await programs.ask(1, '/apples?by=9', ofAPage))[0], 'a page of another site (input 12)').to.equal(403)
    expect(await programs.ask(3, '/apples')).to.eql([200, '301'])

    expect(await programs.endAll('SIGKILL')).to.eql(['SIGKILL', 'SIGKILL', 'SIGKILL'])
    await programs.startAll()
    expect(await add(2, '/apples?by=-1')).to.eql([200, '300'])
    expect(await programs.endAll('SIGTERM')).to.eql([0, 0, 0])
  })
})
