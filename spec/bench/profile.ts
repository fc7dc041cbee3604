import { readFileSync } from 'node:fs'
import { byFunction, byModule, type CpuProfile, type Share, withoutFirst } from './support/cpu-profile.ts'

/**
 * `npm run bench:profile -- FILE.cpuprofile [COUNT [SKIP]]`: where the time of a profile of `--cpu-prof` went, without
 * its first SKIP seconds (start and warming up: 3 unless given). Line numbers are those of what node ran.
 */
const [file, count = '30', skip = '3'] = process.argv.slice(2)
if (file === undefined || !(Number(count) > 0) || !(Number(skip) >= 0)) {
  console.error('bench:profile: expected FILE.cpuprofile [COUNT [SKIP SECONDS]]')
  process.exit(2)
}
const profile = withoutFirst(JSON.parse(readFileSync(file, 'utf8')) as CpuProfile, Number(skip) * 1e6)

function show(title: string, shares: readonly Share[], by: 'selfUs' | 'totalUs'): void {
  const wholeUs = shares.reduce((sum, { selfUs }) => sum + selfUs, 0)
  const percent = (us: number) => `${((100 * us) / wholeUs).toFixed(1).padStart(5)} %`
  console.log(`\n${title}: self, inclusive`)
  const most = [...shares].sort((a, b) => b[by] - a[by]).slice(0, Number(count))
  for (const { name, selfUs, totalUs } of most) console.log(`${percent(selfUs)} ${percent(totalUs)}  ${name}`)
}

// What waits for events is no work: shares are of the rest.
const isIdle = ({ name }: Share) => name === '(idle)' || name === '(root)'
const functions = byFunction(profile).filter(share => !isIdle(share))
show('functions by self time', functions, 'selfUs')
show('functions by inclusive time', functions, 'totalUs')
show(
  'modules by self time',
  byModule(profile).filter(share => !isIdle(share)),
  'selfUs',
)
