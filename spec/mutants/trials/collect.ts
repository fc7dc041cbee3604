import { readdirSync } from 'node:fs'

export interface Scenario {
  readonly title: string
  readonly run: () => void | Promise<void>
}

/** The scenarios beside this folder, to be run one by one: mocha hears nothing of them. */
export async function collectScenarios(): Promise<readonly Scenario[]> {
  const scenarios: Scenario[] = []
  const { describe, it } = globalThis
  Object.assign(globalThis, {
    describe: (_: string, body: () => void) => body(),
    it: (title: string, run: Scenario['run']) => scenarios.push({ title, run }),
  })
  try {
    const folder = new URL('../../scenarios/', import.meta.url)
    // By a name of its own: mocha may have loaded the file in this process already.
    for (const file of readdirSync(folder))
      if (file.endsWith('.spec.ts')) await import(`${new URL(file, folder).href}?collected`)
  } finally {
    Object.assign(globalThis, { describe, it })
  }
  return scenarios
}
