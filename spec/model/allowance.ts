/** What was proposed, and what may still go wrong. */
export interface Allowance {
  /** Commands that were proposed, as bits. */
  submitted: number
  crashes: number
  restarts: number
  /** By command. */
  readonly recoveries: number[]
}

/** As one number: 4 bits of commands, 2 of crashes, 2 of restarts, 3 of recoveries for each command. */
export const packed = ({ submitted, crashes, restarts, recoveries }: Allowance): number =>
  recoveries.reduce(
    (bits, left, command) => bits | (left << (8 + 3 * command)),
    submitted | (crashes << 4) | (restarts << 6),
  )

/** @param m commands */
export const unpacked = (bits: number, m: number): Allowance => ({
  submitted: bits & 15,
  crashes: (bits >> 4) & 3,
  restarts: (bits >> 6) & 3,
  recoveries: Array.from({ length: m }, (_, command) => (bits >> (8 + 3 * command)) & 7),
})
