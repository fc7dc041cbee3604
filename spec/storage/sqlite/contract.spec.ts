import { createSqliteStore } from '../../../storage/sqlite/store.ts'
import { stateStoreContract } from '../../contracts/state-store.ts'
import { type StorePlace, storeContract } from '../../contracts/store.ts'
import { removeDirectory, temporaryDirectory } from '../support/directory.ts'

function place(): StorePlace {
  const directory = temporaryDirectory()
  return {
    create: options => createSqliteStore({ directory, ...options }),
    cleanUp: async () => removeDirectory(directory),
  }
}

storeContract('SQLite', place)
stateStoreContract('SQLite', place)
