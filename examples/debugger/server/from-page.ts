import type { Deed, FromPage, Intervention, WorldLink } from './protocol.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * Reads a message of a page, each field of it checked: what is let in here reaches the source, and a world acts on it later.
 * @returns undefined when it is none
 */
export function fromPage(text: string): FromPage | undefined {
  const value = parsed(text)
  return isFields(value) && isFromPage(value) ? (value as unknown as FromPage) : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON: it is no message.
    return undefined
  }
}

function isFromPage(message: Fields): boolean {
  switch (message.type) {
    case 'ack':
      return isAmount(message.cursor)
    case 'deep':
      return message.id === undefined || typeof message.id === 'string'
    case 'run':
      return isAmount(message.speed)
    case 'pause':
    case 'next':
      return true
    case 'step':
      return isAmount(message.steps)
    case 'until':
      return isAmount(message.ms)
    case 'intervene':
      return isAmount(message.cursor) && isDeed(message.deed)
    case 'world':
      return isWorldLink(message.link)
    default:
      return false
  }
}

export function isWorldLink(value: unknown): value is WorldLink {
  if (!isFields(value) || !isFields(value.which)) return false
  const { seed, biased, hours } = value.which
  return (
    isWhole(seed) &&
    (biased === undefined || typeof biased === 'boolean') &&
    (hours === undefined || (isWhole(hours) && hours > 0)) &&
    Array.isArray(value.interventions) &&
    value.interventions.every(isIntervention)
  )
}

export const isIntervention = (value: unknown): value is Intervention =>
  isFields(value) && isWhole(value.step) && isDeed(value.deed)

function isDeed(value: unknown): value is Deed {
  if (!isFields(value)) return false
  switch (value.do) {
    case 'crash':
      return isWhole(value.member) && isAmount(value.downMs)
    case 'cut':
      return isLinks(value.links) && isAmount(value.forMs)
    case 'heal':
      return isLinks(value.links)
    case 'drop':
      return isWhole(value.no)
    case 'delay':
      return isWhole(value.no) && isAmount(value.byMs)
    default:
      return false
  }
}

const isLinks = (value: unknown): boolean =>
  Array.isArray(value) && value.every(link => Array.isArray(link) && link.length === 2 && link.every(isWhole))

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0
const isAmount = (value: unknown): value is number => Number.isFinite(value) && Number(value) >= 0
