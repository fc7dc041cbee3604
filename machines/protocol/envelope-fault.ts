const isNumber = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0
const isText = (value: unknown): boolean => typeof value === 'string'
const isBytes = (value: unknown): boolean => value instanceof Uint8Array
const isAnything = (): boolean => true
const isListOf = (value: unknown, isItem: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(isItem)

type Field = (value: unknown, replicas: number) => boolean

const isVector: Field = (value, replicas) =>
  isListOf(value, isNumber) && (value as readonly unknown[]).length === replicas

/** The fields of each kind of envelope, as `Envelope` and `EarlierEnvelope` name them. */
const fieldsOf: ReadonlyMap<unknown, readonly Field[]> = new Map<unknown, readonly Field[]>([
  [0, [isBytes]],
  [1, [isBytes, isText, isNumber, isNumber]],
  [2, [isText]],
  [3, [isText, isNumber]],
  [4, []],
  [5, [isAnything]],
  [6, [isText, isNumber, isNumber, isAnything]],
  [7, [isVector]],
  [8, [isText, isNumber, value => isListOf(value, isNumber), value => Array.isArray(value)]],
])

/**
 * The fault of a list that a peer has sent as an envelope; undefined for a sound one. A replica asks before it votes
 * for the command or stores it: once an unsound one is decided, no replica could execute it.
 * @param replicas number of replicas of the epoch
 */
export function envelopeFault(list: readonly unknown[], replicas: number): string | undefined {
  const [kind, ...values] = list
  const fields = fieldsOf.get(kind)
  if (fields === undefined) return `payloads of kind 0 to 8 are known, found ${JSON.stringify(kind)}`
  if (values.length !== fields.length)
    return `a payload of kind ${kind} has ${fields.length} fields, found ${values.length}`
  const wrong = fields.findIndex((isField, at) => !isField(values[at], replicas))
  if (wrong >= 0) return `field ${wrong + 1} of a payload of kind ${kind} is not what it should be`
  if (kind !== 8) return undefined
  const [, , sequences, commands] = values as [unknown, unknown, readonly unknown[], readonly unknown[]]
  if (sequences.length === commands.length) return undefined
  return `${sequences.length} numbers of a session for ${commands.length} commands`
}
