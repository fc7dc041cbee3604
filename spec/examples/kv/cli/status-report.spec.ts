import { expect } from 'chai'
import { statusTable } from '../../../../examples/kv/cli/status-report.ts'

describe('status table', () => {
  it('shows what a replica keeps, and what it does not say as -', () => {
    const status = {
      member: 1,
      state: 'voting',
      records: 320,
      floor: [10, 11, 9],
      indexKeys: 7,
      sessions: 2,
      snapshot: { bytes: 1_234_567, agoMs: 5_400 },
      snapshotTransfer: { received: 512, size: 20_480 },
    }
    const rows = statusTable([
      { up: true, endpoint: 'ws://a', status },
      { up: true, endpoint: 'ws://b', status: { member: 2, state: 'voting', records: 3, floor: [0, 0, 0] } },
      { up: false, endpoint: 'ws://c', member: 3, reason: 'gone' },
    ]).split('\n')
    const cells = rows.map(row => row.trim().split(/ {2,}/))
    expect(cells[1]).to.include.members(['320 above 10 11 9', '7', '2', '1.2 MB, 5 s ago; fetching 512 B of 20.5 kB'])
    expect(cells[2]?.slice(7, 11)).to.eql(['3', '-', '-', '-'])
    expect(cells[3]).to.have.length(cells[0]!.length)
  })
})
