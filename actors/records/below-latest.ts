import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import type { Limits } from '../shared/limits.ts'
import type { Ledger } from './ledger.ts'

/**
 * Per row, the index below the latest records up to `upTo`. These records stay, at most so many and so many bytes of
 * commands, so that a replica that missed a little fetches them and needs no checkpoint.
 */
export function belowLatest(
  ledger: Pick<Ledger, 'get' | 'floor'>,
  upTo: Dependencies,
  { recordsKept, recordsKeptBytes }: Pick<Limits, 'recordsKept' | 'recordsKeptBytes'>,
): Dependencies {
  const { floor } = ledger
  return upTo.map((top, rank) => {
    let bytes = 0
    for (let index = top; index > floor[rank]!; index--) {
      if (top - index >= recordsKept) return index
      bytes += ledger.get(rank, index)?.payloadBytes ?? 0
      if (bytes > recordsKeptBytes) return index
    }
    return floor[rank]!
  })
}
