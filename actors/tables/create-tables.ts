import { decodeData, encodeData } from '../../net/codec/data.ts'
import type { Tables } from '../shared/tables.ts'
import { StateTables } from './state-tables.ts'

/** Makes the tables of one state machine. */
export const createTables = (): Tables => new StateTables({ encodeData, decodeData })
