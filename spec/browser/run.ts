import { spawnSync } from 'node:child_process'
import { chromiumPath, hasChromium } from './support/browser.ts'

/** `npm run test:browser`: the specs of this folder, which need a browser. */
if (!hasChromium) {
  process.stderr.write(
    `the browser specs need Chromium at ${chromiumPath}, and there is none: apt-get install -y chromium\n`,
  )
  process.exit(1)
}
const { status } = spawnSync(
  process.execPath,
  [
    ...['node_modules/mocha/bin/mocha.js', '--no-config', '--exit', '--node-option', 'import=tsx'],
    ...process.argv.slice(2),
    'spec/browser/*.spec.ts',
  ],
  { stdio: 'inherit' },
)
process.exit(status ?? 1)
