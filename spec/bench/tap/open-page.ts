import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { DebuggerPage, launch } from '../../browser/support/browser.ts'

const program = fileURLToPath(new URL('../../../examples/cli/main.ts', import.meta.url))

/** The debugger as a process, and its page in a browser of its own. */
export class OpenPage {
  readonly #closing: (() => Promise<unknown>)[] = []
  #page!: DebuggerPage

  /** On the cluster of these replicas. */
  static async open(endpoints: readonly string[]): Promise<OpenPage> {
    const own = new OpenPage()
    try {
      await own.#open(endpoints)
      return own
    } catch (error) {
      await own.close()
      throw error
    }
  }

  async #open(endpoints: readonly string[]): Promise<void> {
    const debug = spawn(
      process.execPath,
      [...process.execArgv, program, 'debug', '--endpoints', endpoints.join(','), '--no-open'],
      { stdio: ['ignore', 'pipe', 'inherit'], detached: true },
    )
    this.#closing.push(() => stopped(debug))
    const url = await linkOf(debug)
    const browser = await launch()
    this.#closing.push(() => browser.close())
    this.#page = await DebuggerPage.open(browser, url)
    await this.#page.until('epaxos.timeline?.state.replicas.every(each => each.state === "voting")')
  }

  /** Events of the trace that the page has taken in. */
  shown(): Promise<number> {
    return this.#page.evaluate('epaxos.timeline.last')
  }

  async close(): Promise<void> {
    for (const close of this.#closing.reverse()) await close()
  }
}

/** The link that the debugger prints. */
async function linkOf(debug: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: debug.stdout! })) {
    const url = /http:\/\/\S+/.exec(line)?.[0]
    if (url !== undefined) return url
  }
  throw new Error('the debugger ended before it had printed its link')
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}
