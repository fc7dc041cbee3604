/** Makes room for one more. Half of the list goes when it is full: moving each time would cost more. */
export function keepLatest(list: unknown[], max: number): void {
  if (list.length >= max) list.splice(0, list.length - max / 2)
}
