import type { InspectionEvent, Observer } from 'xstate'

/** An actor whose system inspectors may subscribe to. */
interface Inspected {
  readonly system: { inspect(observer: Observer<InspectionEvent> | ((event: InspectionEvent) => void)): Subscription }
}
interface Subscription {
  unsubscribe(): void
}

/**
 * Keeps errors of inspectors from the actors that they look at: XState lets them through, into the step of the statechart.
 * An inspector that has thrown is reported, and looks no more.
 */
export function guardInspection({ system }: Inspected, report: (error: unknown) => void): void {
  const inspect = system.inspect.bind(system)
  system.inspect = observer => {
    let isBroken = false
    const tell = (event: InspectionEvent): void => {
      if (isBroken) return
      try {
        if (typeof observer === 'function') observer(event)
        else observer.next?.(event)
      } catch (error) {
        isBroken = true
        report(error)
      }
    }
    return inspect(tell)
  }
}
