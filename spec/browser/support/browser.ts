import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Browser, chromium, type Page } from 'playwright-core'

/** Where Debian's package `chromium` puts it. */
export const chromiumPath = '/usr/bin/chromium'
export const hasChromium = existsSync(chromiumPath)

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath,
    // It would end this process at Ctrl-C, before what else was started is ended.
    handleSIGINT: false,
    args: ['--no-sandbox', '--enable-precise-memory-info', '--js-flags=--expose-gc'],
  })

/** The debugger's page in a browser, and all that must not happen in it. */
export class DebuggerPage {
  readonly page: Page
  /** Requests to anybody but the program; errors of the console and of scripts. */
  readonly complaints: string[] = []

  private constructor(page: Page) {
    this.page = page
  }

  static async open(browser: Browser, url: string, hash = ''): Promise<DebuggerPage> {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } })
    const own = new DebuggerPage(page)
    const { origin, host } = new URL(url)
    const isOwn = (asked: string) => asked.startsWith(`${origin}/`) || asked.startsWith('data:')
    page.on('request', request => {
      if (!isOwn(request.url())) own.complaints.push(`asked ${request.url()}`)
    })
    page.on('websocket', socket => {
      if (new URL(socket.url()).host !== host) own.complaints.push(`asked ${socket.url()}`)
    })
    page.on('requestfailed', request => own.complaints.push(`failed: ${request.url()}`))
    page.on('console', message => {
      if (message.type() === 'error') own.complaints.push(`console: ${message.text()}`)
    })
    page.on('pageerror', error => own.complaints.push(`script: ${error.stack ?? error.message}`))
    await page.goto(url + hash)
    return own
  }

  /** Waits until an expression of the page is true. The page's policy lets nobody poll from within. */
  async until(expression: string, withinMs = 60_000): Promise<void> {
    const until = performance.now() + withinMs
    while (!(await this.evaluate<boolean>(`Boolean(${expression})`))) {
      if (performance.now() > until)
        throw new Error(
          `${expression}: not within ${withinMs} ms; ${this.complaints.join('; ')}. The page says:\n${await this.text('body')}`,
        )
      await sleep(50)
    }
  }

  evaluate<T>(expression: string): Promise<T> {
    return this.page.evaluate(expression)
  }

  view(name: string): Promise<void> {
    return this.page.click(`[data-view=${name}]`)
  }

  press(key: string): Promise<void> {
    return this.page.keyboard.press(key)
  }

  /** As it is read: apart where it stands apart. */
  text(selector: string): Promise<string> {
    // biome-ignore lint/performance/useDomNodeTextContent: textContent joins what stands in different lines
    return this.page.locator(selector).innerText()
  }

  /** Instances that stand in a state of the chart, at all replicas. */
  standing(state: string): Promise<number> {
    return this.evaluate(`Number(document.querySelector('[data-state="${state}"]').dataset.count)`)
  }

  /** The reducer's state at the cursor, as text: equal states have equal ones. */
  state(): Promise<string> {
    return this.evaluate(stateAsText)
  }

  close(): Promise<void> {
    return this.page.close()
  }
}

/** Epochs say who may change an object in place: they depend on where one has been, and on nothing that is seen. */
const stateAsText = `JSON.stringify(epaxos.timeline.state, (key, value) =>
  key === 'epoch' ? undefined : value instanceof Map ? [...value] : value)`
