import { clientMessageNumbers } from '../../machines/protocol/client-messages.ts'
import { plainBytes, unpack } from '../codec/pack.ts'
import type { WireLimits } from '../codec/wire.ts'
import { attempt } from '../codec.ts'
import type { Version } from './version-refusal.ts'

/** Limits of a welcome of another version: it may hold any data, but little. */
const limits: WireLimits = { itemsMax: 1_024, depthMax: 16, plainData: true }

const isUint = (what: unknown): what is number => typeof what === 'number' && Number.isSafeInteger(what) && what >= 0

/**
 * The part of a welcome that no version changes, so that versions can tell each other apart: the first message of the
 * first frame begins with its number, the major and the minor version. Undefined when the frame begins otherwise.
 */
export function versionOfWelcome(frame: Uint8Array): Version | undefined {
  const data = attempt(() => unpack(plainBytes(frame), 'welcome', limits))
  const first: unknown = Array.isArray(data) ? data[0] : undefined
  const [number, major, minor] = Array.isArray(first) ? (first as unknown[]) : []
  return number === clientMessageNumbers.welcome && isUint(major) && isUint(minor) ? { major, minor } : undefined
}
