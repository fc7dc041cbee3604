import { expect } from 'chai'
import { eventually } from '../../support/eventually.ts'
import { Programs } from '../support/programs.ts'

describe('examples/sessions: sessions with a time to live behind an HTTP server', function () {
  this.timeout(120_000)
  let programs: Programs
  beforeEach(async () => {
    programs = await Programs.create('sessions/main.ts', 3)
    await programs.startAll('--bootstrap')
  })
  afterEach(() => programs.dispose())

  const put = (id: number, path: string, body: string) => programs.ask(id, path, { method: 'PUT', body })

  it('keeps a session at all replicas until its time is over, or somebody ends it', async () => {
    expect(await put(1, '/sessions/4711', 'cart: 3 apples')).to.eql([200, 'cart: 3 apples'])
    expect(await programs.ask(2, '/sessions/4711')).to.eql([200, 'cart: 3 apples'])
    expect(await put(2, '/sessions/brief?ttl=0.2', 'soon gone')).to.eql([200, 'soon gone'])
    await eventually('it ends by itself', async () => (await programs.ask(3, '/sessions/brief'))[0] === 404)
    expect(await programs.ask(3, '/sessions/4711', { method: 'DELETE' })).to.eql([200, 'no such session'])
    expect(await programs.ask(1, '/sessions/4711')).to.eql([404, 'no such session'])
    for (const path of ['/', '/sessions/', '/other/1', '/sessions/%ff'])
      expect((await programs.ask(1, path))[0], path).to.equal(400)
    expect((await put(1, '/sessions/a?ttl=long', ''))[0]).to.equal(400)
    expect((await put(1, '/sessions/a', 'x'.repeat(100_000)))[0]).to.equal(400)
    expect(await programs.endAll('SIGTERM')).to.eql([0, 0, 0])
  })
})
