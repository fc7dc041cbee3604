import { createSqliteStore } from '../../../storage/sqlite/store.ts'
import { storeContract } from '../../contracts/store.ts'
import { removeDirectory, temporaryDirectory } from '../support/directory.ts'

storeContract('SQLite', () => {
  const directory = temporaryDirectory()
  return {
    create: options => createSqliteStore({ directory, ...options }),
    cleanUp: async () => removeDirectory(directory),
  }
})
