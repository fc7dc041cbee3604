// What `npm start` and `npm run epaxos` run: the sources where the development dependencies are installed, the built
// program where they are not (NODE_ENV=production).
import { existsSync } from 'node:fs'

const built = new URL('../../dist/examples/cli/main.js', import.meta.url)

/** @returns whether there is the loader that reads TypeScript */
async function loadTsx() {
  try {
    const { register } = await import('tsx/esm/api')
    register()
    // Child processes are started as this one was.
    process.execArgv.push('--import', 'tsx')
    return true
  } catch (error) {
    if (error.code === 'ERR_MODULE_NOT_FOUND') return false
    throw error
  }
}

if (await loadTsx()) await import('./main.ts')
else if (existsSync(built)) await import(built.href)
else {
  process.stderr.write(
    'epaxos: neither the built program nor the development dependencies are here: npm install --include=dev && npm run build\n',
  )
  process.exitCode = 1
}
