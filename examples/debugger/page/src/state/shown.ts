import { computed, signal } from '@preact/signals'
import { Density } from '../../../model/density.ts'
import type { State } from '../../../model/state.ts'
import type { Timeline } from '../../../model/timeline.ts'

/** The trace that is shown, and the strip of all that it ever held. */
export const shown = signal<Timeline | undefined>(undefined)
export const density: { strip: Density } = { strip: new Density() }

/** Goes up when the state at the cursor, or the end of the trace, has changed: once a frame at most. */
export const frame = signal(0)
/** The same for tables and words: a few times a second, and at once when somebody moves the cursor. */
export const calm = signal(0)

let isChanged = false
let isMoved = false
/** The next frame shows something new. @param byHand somebody waits for it */
export function touch(byHand = false): void {
  isChanged = true
  isMoved ||= byHand
}

/**
 * Called once a frame.
 * @param mayDraw what nobody moved by hand may be drawn now
 * @param mayBeCalm tables may follow now
 * @returns what was shown anew: nothing, what is drawn, or that and tables
 */
export function publish(mayDraw: boolean, mayBeCalm: boolean): 'nothing' | 'frame' | 'all' {
  if (!isChanged || !(mayDraw || isMoved)) return 'nothing'
  frame.value++
  if (isMoved || mayBeCalm) {
    calm.value++
    isChanged = false
    isMoved = false
    return 'all'
  }
  return 'frame'
}

/**
 * The reducer changes its state in place, and components are rendered again only when what they are given is another object:
 * so each frame is given one of its own, whose parts are those of the state.
 */
const forFrame = computed(() => {
  frame.value
  return ofItsOwn()
})
const forCalm = computed(() => {
  calm.value
  return ofItsOwn()
})

function ofItsOwn(): State | undefined {
  const state = shown.value?.state
  return state === undefined ? undefined : { ...state }
}

/** For what is drawn each frame. */
export const stateNow = (): State | undefined => forFrame.value

/** For tables and words. */
export const stateCalmly = (): State | undefined => forCalm.value

/** By caption, the cursor where what it announces is over. */
export function captionEnds({ marks }: Density, last: number): readonly number[] {
  const captions = marks.filter(({ kind }) => kind === 'caption')
  return captions.map((_, at) => (captions[at + 1]?.cursor ?? last + 1) - 1)
}
