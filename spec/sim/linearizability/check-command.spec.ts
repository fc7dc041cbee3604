import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { checkCommand } from '../../../examples/cli/check.ts'
import { exitCodeOf } from '../../../examples/cli/exit.ts'

const program = `
  const { checkCommand } = await import(${JSON.stringify(new URL('../../../examples/cli/check.ts', import.meta.url))})
  await checkCommand().parseAsync(process.argv.slice(1), { from: 'user' })`

/** In a process of its own, for its exit code. */
const run = (...args: readonly string[]) =>
  new Promise<{ code: number; out: string; err: string }>(resolve => {
    const child = execFile(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', program, '--', ...args],
      (_, out, err) => resolve({ code: child.exitCode ?? -1, out, err }),
    )
  })

const line = (op: string, value: string | null, start: number): string => {
  const what = op === 'put' ? { args: value, result: null } : { args: null, result: value }
  return JSON.stringify({ client: 'c', op, key: 'k', ...what, start: `${start}`, end: `${start + 1}`, status: 'ok' })
}
const good = [line('put', 'a', 1), line('put', 'b', 3), line('get', 'b', 5)]
const stale = [...good, line('get', 'a', 7)]

describe('epaxos check', () => {
  let folder: string
  const file = async (lines: readonly string[]): Promise<string> => {
    const path = join(folder, 'history.jsonl')
    await writeFile(path, lines.join('\n'))
    return path
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'epaxos-check-'))
  })
  after(() => rm(folder, { recursive: true }))

  it('exits 0 for a linearizable history', async () => {
    expect(await run(await file(good))).deep.equal({
      code: 0,
      out: 'linearizable: 3 operations on 1 keys\n',
      err: '',
    })
  })

  it('exits 1 for one that is not, and says where it first shows', async () => {
    const { code, out } = await run(await file(stale))
    expect(code).equal(1)
    expect(out).contain('not linearizable: 1 of 1 keys (k); 4 operations')
    expect(out).contain('client c: get -> "a"')
    expect(out).contain('the value could be "b"')
  })

  it('prints JSON, and notes a torn last line on standard error', async () => {
    const { code, out, err } = await run('--json', await file([...stale, '{"client":']))
    expect(code).equal(1)
    expect(err).contain('line 5')
    const verdict: unknown = JSON.parse(out)
    expect(verdict).nested.include({
      verdict: 'notLinearizable',
      'violation.key': 'k',
      'violation.operation.start': '7',
    })
  })

  it('exits 3 when the budget does not suffice', async () => {
    const { code, out } = await run('--budget', '1', await file(stale))
    expect(code).equal(3)
    expect(out).contain('undecided within the budget: 1 of 1 keys (k)')
  })

  for (const [name, lines, message] of [
    ['a malformed line', ['{"client":1}', ''], 'line 1: key'],
    ['an empty file', [], 'no operation'],
    ['a file that is not there', undefined, 'ENOENT'],
  ] as const) {
    it(`has a usage error (2) for ${name}`, async () => {
      const path = lines === undefined ? join(folder, 'absent') : await file(lines)
      const error: unknown = await checkCommand()
        .parseAsync([path], { from: 'user' })
        .then(
          () => undefined,
          reason => reason,
        )
      expect(exitCodeOf(error)).equal(2)
      expect(String(error)).contain(message).and.contain(path)
    })
  }
})
