/** Characters that make a terminal do something, or let a line read otherwise than it is. */
const harmful = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/u
const harmfulAll = new RegExp(harmful.source, 'gu')

/** A text as JSON, in which nothing harms a terminal. The prompt reads it again as it was. */
export const quoted = (text: string): string => harmless(JSON.stringify(text))

/** A text for people, in which nothing harms a terminal. */
export const harmless = (text: string): string =>
  text.replace(harmfulAll, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** A key in a line of its own: as it is, or quoted if it has such characters, or could be taken for a quoted one. */
export const lineOf = (key: string): string => (harmful.test(key) || key.startsWith('"') ? quoted(key) : key)

/**
 * A value as it is printed: what reads it from a pipe or a file gets it as it is, and a terminal is not harmed. New
 * lines and tabs do no harm.
 */
export const valueFor = (value: string, isTerminal: boolean): string =>
  isTerminal && harmful.test(value.replace(/[\n\t]/g, '')) ? quoted(value) : value
