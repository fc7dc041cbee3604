import { defaultLimits } from '../../actors/shared/limits.ts'
import { createCodec } from '../../net/codec/create-codec.ts'

/** The codec of the member that lies: a replica's. */
export const puppetCodec = createCodec(defaultLimits)

/** It is back at once after a link was ended for what it sent. */
export const puppetLimits = { ...defaultLimits, reconnectDelayMs: 5, reconnectDelayMaxMs: 20 }
