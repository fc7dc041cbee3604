import { mkdirSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Browser } from 'playwright-core'
import { stuck } from '../../examples/debugger/model/stuck.ts'
import { Timeline } from '../../examples/debugger/model/timeline.ts'
import { whyBlocked } from '../../examples/debugger/model/why-blocked.ts'
import { serveTrace } from '../../examples/debugger/serve-trace.ts'
import type { TraceEvent, TraceHeader } from '../../examples/debugger/trace/format.ts'
import { recordScenario } from '../../examples/debugger/world/record-scenario.ts'
import { recordWorld } from '../../examples/debugger/world/record-world.ts'
import { lessons } from '../scenarios/told/lessons/index.ts'
import { chromiumPath, DebuggerPage, hasChromium, launch } from './support/browser.ts'

/**
 * `npm run pictures`: makes the pictures in the documents from the debugger's own page, so that they can be made again when it
 * changes. Needs Chromium.
 */
const root = new URL('../../', import.meta.url)

interface Recorded {
  readonly header: TraceHeader
  readonly events: readonly TraceEvent[]
}

function recordedWorld(seed: number): Recorded {
  let header: TraceHeader | undefined
  const events: TraceEvent[] = []
  recordWorld({ seed }, undefined, each => {
    header = each
    return event => events.push(event)
  })
  return { header: header!, events }
}

async function onPage(
  browser: Browser,
  { header, events }: Recorded,
  hash: string,
  take: (page: DebuggerPage) => Promise<void>,
): Promise<void> {
  const server = await serveTrace(header, events, { port: 0 })
  const page = await DebuggerPage.open(browser, server.url, hash)
  try {
    await page.until(`epaxos.timeline?.last >= ${events.length - 1}`)
    await take(page)
  } finally {
    await page.close()
    await server.close()
  }
}

/** README's picture: an instance of a seeded world that does not execute because a replica is down, and why. */
async function worldPicture(browser: Browser): Promise<void> {
  const recorded = recordedWorld(5)
  const { cursor, id } = blockedByACrash(recorded)
  await onPage(browser, recorded, `#cursor=${cursor}&view=chart&id=${id}`, async page => {
    await page.page.setViewportSize({ width: 1400, height: 860 })
    await page.until(`epaxos.timeline.cursor === ${cursor}`)
    await page.until('document.querySelector(".side")?.innerText.includes("Why is it not executing")')
    const path = new URL('examples/debugger/picture.png', root)
    writeFileSync(path, await page.page.screenshot())
    tell(path)
  })
}

/** Soon after a crash in the second half: an instance that its coordinator still pre-accepts, while another replica is down. */
function blockedByACrash({ header, events }: Recorded): { readonly cursor: number; readonly id: string } {
  const timeline = new Timeline(header)
  timeline.append(events)
  const crashes = events.flatMap((event, at) => (event.kind === 'fault' && event.what === 'crash' ? [at] : []))
  for (const crash of crashes.filter(at => at > events.length / 3))
    for (let cursor = crash + 1; cursor < crash + 60; cursor++) {
      const state = timeline.seek(cursor)
      for (const { id } of stuck(state, 0, 10)) {
        const told = whyBlocked(state, id).lines.join(' ')
        if (/is down for (?!0 ms)/.test(told) && /is preAccepting, which lacks/.test(told)) return { cursor, id }
      }
    }
  throw new Error('no crash in this world stops an instance on its way: take another seed')
}

/** The space-time diagram of a lesson, as the page exports it. */
async function lessonPicture(browser: Browser, name: string, recorded: Recorded): Promise<void> {
  await onPage(browser, recorded, '#view=spacetime&end', async page => {
    await page.page.setViewportSize({ width: 1640, height: 600 })
    await page.press('End')
    await page.until('epaxos.timeline.isAtEnd')
    await page.page.getByText('Export', { exact: true }).click()
    const download = page.page.waitForEvent('download')
    await page.page.getByText('Picture (.svg)').click()
    const path = new URL(`machines/protocol/pictures/${name}.svg`, root)
    mkdirSync(new URL('./', path), { recursive: true })
    const svg = await readFile((await (await download).path())!, 'utf8')
    writeFileSync(
      path,
      svg.replace(/^<svg[^>]*>/, opening => `${opening}<title>${recorded.header.title}</title>`),
    )
    tell(path)
  })
}

const tell = (path: URL): boolean => process.stdout.write(`${path.pathname.slice(root.pathname.length)}\n`)

if (!hasChromium) {
  process.stderr.write(
    `the pictures need Chromium at ${chromiumPath}, and there is none: apt-get install -y chromium\n`,
  )
  process.exit(1)
}
const browser = await launch()
try {
  for (const lesson of lessons) await lessonPicture(browser, lesson.name, recordScenario(lesson))
  await worldPicture(browser)
} finally {
  await browser.close()
}
