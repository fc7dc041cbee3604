/** The counters of a transport or a listener since its creation, for the status. */
export interface Counters {
  framesSent: number
  bytesSent: number
  framesReceived: number
  bytesReceived: number
  /** Frames that were not sent: the link was down or its queue full. */
  framesDropped: number
  /** Connections refused, or ended for bad data. */
  connectionsRejected: number
}

export const createCounters = (): Counters => ({
  framesSent: 0,
  bytesSent: 0,
  framesReceived: 0,
  bytesReceived: 0,
  framesDropped: 0,
  connectionsRejected: 0,
})
