import { readFileSync } from 'node:fs'
import { byFunction, byModule, type CpuProfile, type Share } from './support/cpu-profile.ts'

/** `npm run bench:profile -- FILE.cpuprofile [COUNT]`: where the time of a profile of `--cpu-prof` went. */
const [file, count = '30'] = process.argv.slice(2)
if (file === undefined) {
  console.error('bench:profile: expected FILE.cpuprofile [COUNT]')
  process.exit(2)
}
const profile = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile

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
