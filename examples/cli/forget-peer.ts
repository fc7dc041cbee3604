import { createCodec, createWsConnector, defaultLimits, EpaxosError, systemClock } from '../../index.ts'

type Verdict = 'forgotten' | 'tookPart' | 'isConnected' | 'isSelf' | 'noMember'

/** What became of it at one replica. */
export type ForgetAnswer = { readonly endpoint: string } & (
  | { readonly verdict: Verdict; readonly error?: never }
  | { readonly verdict: 'noAnswer'; readonly error: Error }
)

/** Asks the replica at this endpoint, once, to forget the store by which it knows a member. */
export function askForgetPeer(endpoint: string, member: number, timeoutMs: number): Promise<ForgetAnswer> {
  const connector = createWsConnector({
    codec: createCodec(defaultLimits),
    clock: systemClock,
    limits: defaultLimits,
    isOperator: true,
  })
  return new Promise(resolve => {
    const failed = (reason: string): void =>
      resolve({ endpoint, verdict: 'noAnswer', error: new EpaxosError('unavailable', reason) })
    const connection = connector.connect(endpoint, {
      open: () => connection.send([{ type: 'forgetPeer', request: 1, member }]),
      answers: answers => {
        for (const answer of answers)
          if (answer.type === 'peerForgotten') resolve({ endpoint, verdict: answer.verdict })
        connection.close()
      },
      // After an answer nobody listens to this any more.
      ended: ({ reason }) => {
        clearTimeout(timer)
        failed(reason)
      },
    })
    const timer = setTimeout(() => {
      failed(`${endpoint} did not answer within ${timeoutMs} ms`)
      connection.close()
    }, timeoutMs)
  })
}
