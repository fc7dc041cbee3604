import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { UsageError } from '../../../examples/cli/exit.ts'
import { keysOptionsOf } from '../../../examples/cli/keys.ts'
import { formatMembers, parseMembers, warningOfEven } from '../../../examples/cli/members.ts'
import { parseDurationMs, parseEndpoints, wholeNumber } from '../../../examples/cli/options.ts'
import { isKvOp, parseKvCommand, parseKvRequest, usageOf } from '../../../examples/cli/parse-command.ts'
import { serveConfig } from '../../../examples/cli/serve-config.ts'
import { wordsOf } from '../../../examples/cli/words.ts'
import { askedOps } from '../../../examples/kv/commands.ts'

describe('command line: words of a prompt line', () => {
  const lines: readonly [string, readonly string[]][] = [
    ['', []],
    ['   ', []],
    ['put a 1', ['put', 'a', '1']],
    ['  put\ta   1  ', ['put', 'a', '1']],
    ['put a "b c"', ['put', 'a', 'b c']],
    ["put a 'b \"c'", ['put', 'a', 'b "c']],
    ['put a ""', ['put', 'a', '']],
    ['put a "x\\n\\"\\\\"', ['put', 'a', 'x\n"\\']],
    ['put a b\\ c', ['put', 'a', 'b c']],
    ['put ключ 值', ['put', 'ключ', '值']],
  ]
  for (const [line, words] of lines) {
    it(JSON.stringify(line), () => expect(wordsOf(line)).to.eql(words))
  }

  for (const line of ['put a "b', "put a 'b", 'put a b"c"', 'put a \\']) {
    it(`refuses ${line}`, () => expect(() => wordsOf(line)).to.throw(UsageError))
  }
})

describe('command line: commands from words', () => {
  it('reads each', () => {
    const command = (line: string): unknown => {
      const [op = '', ...args] = wordsOf(line)
      return isKvOp(op) ? parseKvCommand(op, args) : undefined
    }
    expect(command('put a 1')).to.eql([1, 'a', '1'])
    expect(command('put a 1 --ttl 2')).to.eql([8, 'a', '1', 2_000])
    expect(command('put a 1 --ttl 1m')).to.eql([8, 'a', '1', 60_000])
    expect(command('get a')).to.eql([2, 'a'])
    expect(command('del a')).to.eql([3, 'a'])
    expect(command('cas a 1 2')).to.eql([4, 'a', '1', '2'])
    expect(command('cas a --absent 2')).to.eql([4, 'a', null, '2'])
    expect(command('cas a 1 --delete')).to.eql([4, 'a', '1', null])
    expect(command('append a x')).to.eql([5, 'a', 'x'])
    expect(command('incr n')).to.eql([6, 'n', 1])
    expect(command('incr n -5')).to.eql([6, 'n', -5])
    expect(command('keys')).to.eql([7, ''])
    expect(command('keys a')).to.eql([7, 'a'])
    expect(command('toString')).to.equal(undefined)
    expect(['putFor', 'putUntil', 'expire'].map(command), 'nobody asks for these').to.eql([
      undefined,
      undefined,
      undefined,
    ])
  })

  it('input 17: values are values after --', () => {
    const command = (line: string): unknown => parseKvCommand(line.split(' ')[0] as 'cas', wordsOf(line).slice(1))
    expect(command('cas k -- --absent v')).to.eql([4, 'k', '--absent', 'v'])
    expect(command('cas k --absent -- --absent')).to.eql([4, 'k', null, '--absent'])
    expect(command('put k -- --ttl')).to.eql([1, 'k', '--ttl'])
    expect(command('put --ttl 1h -- k --ttl')).to.eql([8, 'k', '--ttl', 3_600_000])
    expect(command('put k "\\u001b\\n"')).to.eql([1, 'k', '\u001b\n'])
  })

  it('input 16: reads ranges of keys', () => {
    const options = (line: string) => keysOptionsOf(wordsOf(line))
    expect(options('')).to.eql({})
    expect(options('a --limit 5 --after a1 --to b --stale')).to.eql({
      prefix: 'a',
      limit: 5,
      after: 'a1',
      to: 'b',
      stale: true,
    })
    expect(options('--from x')).to.eql({ from: 'x' })
    expect(options('-- --from')).to.eql({ prefix: '--from' })
    for (const wrong of ['a b', '--limit 0', '--limit x', '--from', '--from a --after b', '--fly'])
      expect(() => options(wrong), wrong).to.throw(UsageError, /expected: keys/)
  })

  it('shows the arguments of each as the table has them', () => {
    expect(askedOps.map(usageOf)).to.include.members([
      'put KEY VALUE [--ttl SECONDS]',
      'get KEY [--stale]',
      'del KEY',
      'cas KEY OLD NEW | cas KEY --absent NEW | cas KEY OLD --delete',
      'append KEY TEXT',
      'incr KEY [BY]',
      'keys [PREFIX] [--stale]',
    ])
  })

  it('reads at the prompt which state is asked', () => {
    expect(parseKvRequest('get', ['a'])).to.eql({ command: [2, 'a'], stale: false })
    expect(parseKvRequest('get', ['a', '--stale'])).to.eql({ command: [2, 'a'], stale: true })
    expect(parseKvRequest('keys', ['--stale'])).to.eql({ command: [7, ''], stale: true })
    expect(parseKvRequest('append', ['a', '--stale'])).to.eql({ command: [5, 'a', '--stale'], stale: false })
  })

  for (const line of [
    'put a',
    'put a b c',
    'put a b --ttl soon',
    'get',
    'get a b',
    'cas a 1',
    'incr n x',
    'incr n ""',
    'keys a b',
    'del',
  ]) {
    it(`refuses '${line}' and says what was expected`, () => {
      const [op = '', ...args] = wordsOf(line)
      expect(() => isKvOp(op) && parseKvCommand(op, args)).to.throw(UsageError, /expected/)
    })
  }
})

describe('command line: options', () => {
  it('reads durations, endpoints, members and whole numbers', () => {
    expect(['500ms', '2s', '1.5s', '1m'].map(parseDurationMs)).to.eql([500, 2_000, 1_500, 60_000])
    expect(['1h', '0.5h', '2d'].map(parseDurationMs), 'input 17').to.eql([3_600_000, 1_800_000, 172_800_000])
    expect(parseEndpoints('ws://a:1, wss://b:2')).to.eql(['ws://a:1', 'wss://b:2'])
    expect(parseEndpoints('ws://a:1,'), 'input 17').to.eql(['ws://a:1'])
    const members = parseMembers('1=ws://a:1,2=ws://b:2')
    expect([...members]).to.eql([
      [1, 'ws://a:1'],
      [2, 'ws://b:2'],
    ])
    expect(formatMembers(members)).to.equal('1=ws://a:1,2=ws://b:2')
    expect(warningOfEven(4)).to.contain('no more failures than 3')
    expect(warningOfEven(3)).to.equal(undefined)
    expect(wholeNumber(1, 9)('9')).to.equal(9)
  })

  for (const [name, parse] of [
    ['0s', parseDurationMs],
    ['5', parseDurationMs],
    ['fast', parseDurationMs],
    ['-5', parseDurationMs],
    ['http://a:1', parseEndpoints],
    ['a:1', parseEndpoints],
    [',', parseEndpoints],
    ['1', parseMembers],
    ['x=ws://a:1', parseMembers],
    ['1=ws://a:1,1=ws://b:1', parseMembers],
    ['0', wholeNumber(1)],
    ['1.5', wholeNumber(1)],
    ['10', wholeNumber(1, 9)],
  ] as const) {
    it(`refuses '${name}'`, () => expect(() => parse(name)).to.throw(/expected|twice/))
  }
})

describe('command line: configuration of serve', () => {
  const members = parseMembers('1=ws://a:1,2=ws://b:2,3=ws://c:3')
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'epaxos-config-'))
  })
  afterEach(() => rmSync(directory, { recursive: true }))
  const file = (content: unknown): string => {
    const path = join(directory, 'config.json')
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
    return path
  }

  it('comes from flags', () => {
    const config = serveConfig({ id: 2, members, data: 'd' })
    expect(config).to.include({ id: 2, data: 'd', cluster: 'epaxos', bootstrap: false })
    expect([...config.members.keys()]).to.eql([1, 2, 3])
  })

  it('names limits like one that does not exist, and says where 0 is allowed', () => {
    const of = (limits: object) => () => serveConfig({ id: 1, members, data: 'd', config: file({ limits }) })
    expect(of({ suspicion: 1 })).to.throw(
      UsageError,
      "'limits.suspicion' is no limit; there are suspicionMs; actors/shared/LIMITS.md",
    )
    expect(of({ digestIntervalMs: -1 })).to.throw(UsageError, 'whole number or 0')
  })

  it('what the table of limits says may be none may be', () => {
    const none = { commitDelayMs: 0, voteDelayMs: 0, paceRoundTripMaxMs: 0, reservedIndices: 0, recordsKept: 0 }
    expect(serveConfig({ id: 1, members, data: 'd', config: file({ limits: none }) }).limits).to.include(none)
  })

  it('comes from a file; flags go first', () => {
    const config = file({
      id: 1,
      members: { 1: 'ws://a:1', 2: 'ws://b:2' },
      data: 'there',
      cluster: 'c',
      bootstrap: true,
      limits: { suspicionMs: 700, valueBytesMax: 10, digestIntervalMs: 0 },
    })
    expect(serveConfig({ config })).to.include({ id: 1, data: 'there', cluster: 'c', bootstrap: true })
    expect(serveConfig({ config }).limits).to.include({ suspicionMs: 700, digestIntervalMs: 0 })
    expect(serveConfig({ config }).kvLimits).to.eql({ keyBytesMax: 1_024, valueBytesMax: 10 })
    expect(serveConfig({ config, id: 2, data: 'here' })).to.include({ id: 2, data: 'here' })
  })

  const faults: readonly [string, unknown, RegExp][] = [
    ['no JSON', '{', /JSON/],
    ['no object', [], /object/],
    ['an unknown setting', { ide: 1 }, /'ide' is no setting/],
    ['a wrong id', { id: '1' }, /'id' should be a positive whole number, not "1"/],
    ['a wrong member', { members: { 1: 'nowhere' } }, /members.*nowhere/],
    ['a wrong flag', { bootstrap: 1 }, /bootstrap/],
    ['an unknown limit', { limits: { x: 1 } }, /limits.x/],
    ['a wrong limit', { limits: { suspicionMs: -1 } }, /limits.suspicionMs/],
    ['a limit of none', { limits: { suspicionMs: 0 } }, /limits.suspicionMs/],
  ]
  for (const [name, content, message] of faults) {
    it(`refuses ${name} and names it`, () => {
      const config = file(content)
      const id = typeof content === 'object' && content !== null && 'id' in content ? {} : { id: 1 }
      const others = typeof content === 'object' && content !== null && 'members' in content ? {} : { members }
      expect(() => serveConfig({ config, data: 'd', ...id, ...others })).to.throw(UsageError, message)
    })
  }

  it('refuses a missing file, a missing flag and an id that is no member', () => {
    expect(() => serveConfig({ config: join(directory, 'none') })).to.throw(UsageError, /none/)
    expect(() => serveConfig({ id: 1, data: 'd' })).to.throw(UsageError, /--members/)
    expect(() => serveConfig({ members, data: 'd' })).to.throw(UsageError, /--id/)
    expect(() => serveConfig({ id: 1, members })).to.throw(UsageError, /--data/)
    expect(() => serveConfig({ id: 9, members, data: 'd' })).to.throw(UsageError, /the members are 1, 2, 3/)
  })
})
