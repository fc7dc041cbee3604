import { Utf8Text } from '../utf8-text.ts'

/** Maximum number of values that are looked at to name the one that is no plain data. */
const lookedAtMax = 100_000

interface Fault {
  readonly path: string
  readonly what: string
}

const expected = 'only null, boolean, number, string, Uint8Array, and arrays and plain objects of these are plain data'

/** Says what in the data is no plain data, and where. Called after the data could not be encoded. */
export function faultOf(data: unknown, depthMax: number): string {
  let left = lookedAtMax
  const found = look(data, '', depthMax)
  if (found === undefined) return expected
  return `${expected}; found ${found.what}${found.path === '' ? '' : ` at ${found.path}`}`

  function look(value: unknown, path: string, depthLeft: number): Fault | undefined {
    if (left-- <= 0) return undefined
    const what = own(value, depthLeft)
    if (what !== undefined) return { path, what }
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return undefined
    if (Array.isArray(value)) {
      for (let at = 0; at < value.length && left > 0; at++) {
        const fault = look(value[at], `${path}[${at}]`, depthLeft - 1)
        if (fault !== undefined) return fault
      }
      return undefined
    }
    for (const [key, each] of Object.entries(value)) {
      const place = `${path}.${key.slice(0, 40)}`
      if (key === '__proto__') return { path: place, what: 'a key that would change a prototype' }
      if (!isWellFormed(key)) return { path: place, what: 'half a character in a key' }
      const fault = look(each, place, depthLeft - 1)
      if (fault !== undefined) return fault
    }
    return undefined
  }
}

const isWellFormed = (text: string): boolean => (text as string & { isWellFormed(): boolean }).isWellFormed()

/** What is wrong with a value itself, whatever is in it. */
function own(value: unknown, depthLeft: number): string | undefined {
  if (value === undefined) return 'undefined (or a hole in an array)'
  if (typeof value === 'string') return isWellFormed(value) ? undefined : 'a text with half a character'
  if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function') return `a ${typeof value}`
  if (typeof value !== 'object' || value === null) return undefined
  if (value instanceof Uint8Array || value instanceof Utf8Text) return undefined
  const prototype: unknown = Object.getPrototypeOf(value)
  if (
    Array.isArray(value) ? !Array.isArray(prototype) : prototype !== null && Object.getPrototypeOf(prototype) !== null
  )
    return `an instance of ${nameOf(value)}`
  if (depthLeft <= 0) return 'nesting that is too deep, or a value that contains itself'
  return Object.getOwnPropertySymbols(value).length > 0 && !Array.isArray(value) ? 'a symbol as key' : undefined
}

function nameOf(value: object): string {
  const { name } = (value as { readonly constructor?: { readonly name?: unknown } }).constructor ?? {}
  return typeof name === 'string' && name !== '' ? name.slice(0, 40) : 'a class'
}
