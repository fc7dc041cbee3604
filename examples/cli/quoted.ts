import { harmless } from '../../index.ts'

/** Whether something in a text would harm a terminal. */
export const isHarmful = (text: string): boolean => harmless(text) !== text

/** A text as JSON, in which nothing harms a terminal. The prompt reads it again as it was. */
export const quoted = (text: string): string => harmless(JSON.stringify(text))

/** A key in a line of its own: as it is, or quoted if it has such characters, or could be taken for a quoted one. */
export const lineOf = (key: string): string => (isHarmful(key) || key.startsWith('"') ? quoted(key) : key)

/**
 * A value as it is printed: what reads it from a pipe or a file gets it as it is, and a terminal is not harmed. New
 * lines and tabs do no harm.
 */
export const valueFor = (value: string, isTerminal: boolean): string =>
  isTerminal && isHarmful(value.replace(/[\n\t]/g, '')) ? quoted(value) : value
