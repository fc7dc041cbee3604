import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'

const program = fileURLToPath(new URL('./explore.ts', import.meta.url))
const explore = (...words: readonly string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', program, ...words], { encoding: 'utf8' })

describe('model: npm run explore', () => {
  it('ends with 1 when there is more to explore, and says so', () => {
    const { status, stdout } = explore('--quick', '--max-states', '2000')
    expect(status).to.equal(1)
    expect(stdout).to.match(/not reached: .*\d+ states/)
  })

  it('ends with 0 when a broken rule is found, with its schedule in the document', () => {
    const { status, stdout } = explore('--broken', 'B6', '--max-states', '20000', '--json')
    expect(status).to.equal(0)
    const { found, reports } = JSON.parse(stdout)
    expect(found).to.equal(true)
    expect(reports.at(-1).violation.schedule).to.have.length(12)
  })

  it('ends with 1 when a broken rule is not found', () => {
    expect(explore('--broken', 'B8', '--max-states', '2000').status).to.equal(1)
  })

  it('ends with 2 for a word that it does not know', () => {
    const { status, stderr } = explore('--broken', 'B99')
    expect(status).to.equal(2)
    expect(stderr).to.include('B1, B6, B8, B10')
  })
})
