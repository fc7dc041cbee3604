import type { StateMachine } from '../../../index.ts'

/** Appends a note under a key, or reads them: what the recorded databases hold. */
export type NotesCommand = readonly [key: string, note: string] | readonly [key: string]
export type Notes = { readonly [key: string]: readonly string[] }

export function createNotes(): StateMachine<NotesCommand, readonly string[]> & { readonly notes: () => Notes } {
  let notes: Record<string, readonly string[]> = {}
  const text = { encoder: new TextEncoder(), decoder: new TextDecoder() }
  return {
    notes: () => notes,
    footprint: ([key, note]) => (note === undefined ? { reads: [key], writes: [] } : { reads: [], writes: [key] }),
    apply([key, note]) {
      if (note !== undefined) notes[key] = [...(notes[key] ?? []), note]
      return notes[key] ?? []
    },
    snapshot: () => text.encoder.encode(JSON.stringify(Object.entries(notes).sort())),
    restore: bytes => {
      notes = Object.fromEntries(JSON.parse(text.decoder.decode(bytes)))
    },
  }
}
