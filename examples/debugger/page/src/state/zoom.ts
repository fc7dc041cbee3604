import { signal } from '@preact/signals'

/** How many events or instances the large views show at once. */
export const zooms = [20, 40, 80, 160, 320, 640, 1_280] as const
export const zoomAt = signal(2)
export const shownAtOnce = (): number => zooms[zoomAt.value]!

export function zoom(by: 1 | -1): void {
  zoomAt.value = Math.min(Math.max(zoomAt.value - by, 0), zooms.length - 1)
}
