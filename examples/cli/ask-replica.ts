import { createCodec, createWsConnector, defaultLimits, EpaxosError, systemClock } from '../../index.ts'

const decoder = new TextDecoder()

/**
 * The status of the replica at this endpoint: one attempt, so that one that is down is known to be at once.
 * @throws EpaxosError `unavailable`, with the reason
 */
export function askReplica(endpoint: string, timeoutMs: number): Promise<unknown> {
  const connector = createWsConnector({
    codec: createCodec(defaultLimits),
    clock: systemClock,
    limits: defaultLimits,
    isOperator: true,
  })
  return new Promise((resolve, reject) => {
    const connection = connector.connect(endpoint, {
      open: () => connection.send([{ type: 'status', request: 1 }]),
      answers: answers => {
        for (const answer of answers)
          if (answer.type === 'statusReport') resolve(JSON.parse(decoder.decode(answer.json)))
        connection.close()
      },
      // After an answer nobody listens to this any more.
      ended: ({ reason }) => {
        clearTimeout(timer)
        reject(new EpaxosError('unavailable', reason))
      },
    })
    const timer = setTimeout(() => {
      reject(new EpaxosError('unavailable', `${endpoint} did not answer within ${timeoutMs} ms`))
      connection.close()
    }, timeoutMs)
  })
}
