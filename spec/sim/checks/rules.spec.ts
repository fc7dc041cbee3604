import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { rules } from './rules.ts'

describe('simulation: rules taken', () => {
  // In a process of their own: this file may run without the scenarios.
  it('takes every rule of the protocol in a scenario', () => {
    const program = fileURLToPath(new URL('../../scenarios/support/print-rules.ts', import.meta.url))
    const printed = execFileSync(process.execPath, ['--import', 'tsx', program], { encoding: 'utf8' })
    const taken = new Map<string, number>(Object.entries(JSON.parse(printed)))
    console.log(`      ${'rule'.padEnd(44)} scenarios`)
    for (const rule of rules) console.log(`      ${rule.padEnd(44)} ${String(taken.get(rule) ?? 0).padStart(9)}`)
    expect(
      rules.filter(rule => !taken.has(rule)),
      'rules that no scenario reaches',
    ).to.deep.equal([])
  })
})
