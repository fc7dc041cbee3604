import { type Running, startCli } from '../cluster/run-cli.ts'

/** A debugger's server as a process of its own. */
export class DebugProcess {
  readonly name: string
  /** `127.0.0.1:7200` */
  readonly host: string
  readonly #running: Running
  #ending: string | undefined
  #isClosing = false

  private constructor(name: string, host: string, running: Running, ended: (how: string) => void) {
    this.name = name
    this.host = host
    this.#running = running
    void running.ended.then(({ code, signal, stderr }) => {
      this.#ending = `${name} ended with ${signal ?? code}: ${stderr.slice(-1_000)}`
      if (!this.#isClosing) ended(this.#ending)
    })
  }

  /** @param ended hears that it ended though nobody asked for it */
  static async start(name: string, args: readonly string[], ended: (how: string) => void): Promise<DebugProcess> {
    const running = startCli(['debug', ...args, '--no-open'])
    const host = await new Promise<string>((resolve, reject) => {
      let told = ''
      running.child.stdout!.on('data', data => {
        told += data
        const found = /the debugger: http:\/\/(\S+?)\//.exec(told)?.[1]
        if (found !== undefined) resolve(found)
      })
      void running.ended.then(({ stderr }) => reject(new Error(`${name} did not start: ${stderr}`)))
    })
    return new DebugProcess(name, host, running, ended)
  }

  pid(): number | undefined {
    return this.#ending === undefined ? this.#running.child.pid : undefined
  }

  async close(): Promise<void> {
    this.#isClosing = true
    this.#running.child.kill('SIGKILL')
    await this.#running.ended
  }
}
