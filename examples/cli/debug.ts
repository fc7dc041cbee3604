import { existsSync } from 'node:fs'
import { Command, InvalidArgumentError, Option } from 'commander'
import { toldScenarios } from '../../spec/scenarios/told/index.ts'
import type { Told } from '../../spec/scenarios/told/told.ts'
import { openBrowser } from '../debugger/open-browser.ts'
import { serveLive } from '../debugger/serve-live.ts'
import { serveTrace } from '../debugger/serve-trace.ts'
import { serveWorld } from '../debugger/serve-world.ts'
import { isIntervention } from '../debugger/server/from-page.ts'
import type { Intervention } from '../debugger/server/protocol.ts'
import type { DebugServer } from '../debugger/server/server.ts'
import type { ShowPayload } from '../debugger/trace/encode.ts'
import { openTrace } from '../debugger/trace/read-trace.ts'
import { Recorder } from '../debugger/trace/recorder.ts'
import type { WhichWorld } from '../debugger/world/header.ts'
import { recordScenario } from '../debugger/world/record-scenario.ts'
import { recordWorldTo } from '../debugger/world/record-world-to.ts'
import { showPayload } from '../kv/show-payload.ts'
import { allowHostOption, allowOriginOption } from './access-options.ts'
import { exitCodes, RefusedError, UsageError } from './exit.ts'
import { parseEndpoints, wholeNumber } from './options.ts'
import { outliveReaders, tellLine } from './output.ts'
import { UntilStopped } from './until-stopped.ts'

interface DebugFlags {
  readonly endpoints?: readonly string[]
  readonly seed?: number
  readonly biased?: true
  readonly hours?: number
  readonly interventions?: readonly Intervention[]
  readonly scenario?: string
  readonly record?: string
  readonly showValues?: true
  readonly token?: string
  readonly port: number
  readonly host: string
  readonly allowHost?: readonly string[]
  readonly allowOrigin?: readonly string[]
  readonly open: boolean
  readonly at?: string
}

function parsePlace(text: string): string {
  if (text === 'violation' || text === 'end') return text
  if (/^\d+$/.test(text)) return `cursor=${text}`
  throw new InvalidArgumentError(`expected violation, end, or a number, found '${text}'.`)
}

function parseInterventions(text: string): readonly Intervention[] {
  try {
    const value: unknown = JSON.parse(text)
    if (Array.isArray(value) && value.every(isIntervention)) return value
  } catch (error) {
    throw new InvalidArgumentError(`expected JSON: ${error instanceof Error ? error.message : error}.`)
  }
  throw new InvalidArgumentError('expected a list of {"step":N,"deed":{"do":"crash"|"cut"|"heal"|"drop"|"delay",...}}.')
}

/** `debug`: the visual debugger on a cluster, a recording, a seeded world or a scenario. */
export const debugCommand = (): Command =>
  new Command('debug')
    .description('watch a cluster, a recording, a seeded world or a scenario in the browser')
    .argument('[trace]', 'a recording: trace.jsonl or trace.jsonl.gz')
    .addOption(
      new Option('-e, --endpoints <list>', 'attach to the replicas of a running cluster').argParser(parseEndpoints),
    )
    .addOption(new Option('--seed <number>', 'a seeded world, as `sim --seed` runs it').argParser(wholeNumber(0)))
    .option('--biased', 'with --seed: few keys, coordinators that die in the middle of preAccept, clogged links')
    .addOption(
      new Option('--hours <number>', 'with --seed: one long life of three replicas')
        .argParser(wholeNumber(1))
        .conflicts('biased'),
    )
    .option(
      '--interventions <json>',
      'with --seed: what was done to it by hand, as a page has told it',
      parseInterventions,
    )
    .option('--scenario <name>', 'a directed history of the catalogue, with captions; `list` names them')
    .option('--record <file>', 'write the trace there (.gz compresses it); with --seed the whole world, and no page')
    .option(
      '--show-values',
      'show what commands say; without it keys, sizes and hashes alone (of a cluster: `serve --show-values`)',
    )
    .addOption(
      new Option('--token <token>', 'with --endpoints on other machines: their --tap-token').env('EPAXOS_TAP_TOKEN'),
    )
    .option('-p, --port <port>', 'where the page is; 0 is any free port', wholeNumber(0, 65_535), 0)
    .option('--host <address>', 'where to listen; beyond loopback a token is part of the link', '127.0.0.1')
    .addOption(allowHostOption())
    .addOption(allowOriginOption())
    .addOption(
      new Option('--at <place>', 'where the page begins: violation, end, or the number of an event').argParser(
        parsePlace,
      ),
    )
    .option('--no-open', 'print the link, and open no browser')
    .addHelpText(
      'after',
      `
It looks and changes nothing: only a seeded world takes orders. The format of traces: examples/debugger/README.md.
Exit code: 0 it was stopped or the recording is written, 1 it could not start, 2 usage.`,
    )
    .action(debug)

async function debug(path: string | undefined, flags: DebugFlags): Promise<void> {
  const { endpoints, seed, scenario } = flags
  const given = [path, endpoints, seed, scenario].filter(each => each !== undefined)
  if (given.length !== 1) throw new UsageError('expected one of: a trace, --endpoints, --seed, --scenario')
  if (
    seed === undefined &&
    (flags.biased !== undefined || flags.hours !== undefined || flags.interventions !== undefined)
  )
    throw new UsageError('--biased, --hours and --interventions need --seed')
  const show = flags.showValues === true ? showPayload() : undefined
  if (seed !== undefined && flags.record !== undefined) return record(whichOf(seed, flags), flags.record, show)
  if (scenario === 'list') {
    for (const { name, title } of toldScenarios)
      process.stdout.write(`${name.padEnd(3)} ${title.slice(name.length).replace(/^:/, '').trim()}\n`)
    return
  }
  if (scenario !== undefined && flags.record !== undefined) {
    const { header, events } = recordScenario(scenarioOf(scenario), show)
    const recorder = new Recorder(flags.record)
    recorder.begin(header)
    recorder.add(events)
    recorder.close()
    process.stdout.write(`${events.length} events in ${flags.record}\n`)
    return
  }
  if (path !== undefined && !existsSync(path))
    throw new RefusedError(`${path}: there is no such file; expected a recording, trace.jsonl or trace.jsonl.gz`)
  outliveReaders()
  let foundNobody: (why: string) => void = () => undefined
  const nobody = new Promise<string>(resolve => {
    foundNobody = resolve
  })
  const server = await serve(path, flags, show, foundNobody)
  const url = flags.at === undefined ? server.url : `${server.url}#${flags.at}`
  tellLine(process.stdout, `the debugger: ${url}`)
  if (flags.open && process.stdout.isTTY) openBrowser(url)
  const stop = new UntilStopped({ untilStdinEnds: false, outlivesTerminal: false })
  try {
    const why = await Promise.race([stop.cause.then(() => undefined), nobody])
    if (why !== undefined) throw new RefusedError(`no replica lets anybody look: ${why}`)
  } finally {
    await server.close()
  }
}

function scenarioOf(name: string): Told {
  const told = toldScenarios.find(each => each.name.toLowerCase() === name.toLowerCase())
  if (told === undefined)
    throw new UsageError(`there is no scenario ${name}: ${toldScenarios.map(each => each.name).join(', ')}`)
  return told
}

const whichOf = (seed: number, { biased, hours }: DebugFlags): WhichWorld => ({
  seed,
  ...(biased === undefined ? undefined : { biased }),
  ...(hours === undefined ? undefined : { hours }),
})

async function serve(
  path: string | undefined,
  flags: DebugFlags,
  show: ShowPayload | undefined,
  nobody: (why: string) => void,
): Promise<DebugServer> {
  const { seed, port, host, allowHost: allowHosts, allowOrigin: allowOrigins, interventions = [] } = flags
  const at = { port, host, allowHosts, allowOrigins }
  if (seed !== undefined) return serveWorld({ which: whichOf(seed, flags), interventions }, show, at)
  if (path !== undefined) {
    const { header, events } = await openTrace(path, words => tellLine(process.stderr, `${path}: ${words}`))
    return serveTrace(header, events, at)
  }
  if (flags.scenario !== undefined) {
    const { header, events } = recordScenario(scenarioOf(flags.scenario), show)
    return serveTrace(header, events, at)
  }
  return serveLive({
    endpoints: flags.endpoints ?? [],
    token: flags.token,
    record: flags.record,
    ...at,
    say: line => tellLine(process.stderr, line),
    nobody,
  })
}

async function record(which: WhichWorld, file: string, show: ShowPayload | undefined): Promise<void> {
  const { events, violation } = await recordWorldTo(which, show, file)
  process.stdout.write(
    `${events} events in ${file}${violation === undefined ? '' : `, which ends with: ${violation.message}`}\n`,
  )
  process.stdout.write(`npm run -s epaxos -- debug ${file}\n`)
  if (violation !== undefined) process.exitCode = exitCodes.refused
}
