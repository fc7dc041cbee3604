import { expect } from 'chai'
import { htmlReport } from '../../../examples/bench/html-report.ts'
import { Latencies } from '../../../examples/bench/latencies.ts'
import type { LoadPlan } from '../../../examples/bench/load-plan.ts'
import { rowsOf } from '../../../examples/bench/results.ts'

const plan = (clients: number): LoadPlan => ({
  pace: { kind: 'closed', inFlight: clients, pipelined: false },
  keys: { kind: 'own', keys: 1 },
  conflictShare: 0,
  readShare: 0,
  valueBytes: 64,
  warmUpMs: 1,
  measureMs: 1,
  seed: 1,
})

describe('bench: HTML report', () => {
  const latencies = Latencies.empty()
  for (let ms = 1; ms <= 1_000; ms++) latencies.record(ms)
  const plans = [plan(1), plan(64)]
  const runs = plans.map((_, point) => ({
    contender: 'epaxos',
    point,
    round: 1,
    result: {
      seconds: 1,
      answered: 100,
      failures: {},
      latencies: latencies.encoded,
      served: Latencies.empty().encoded,
      clientCpuUs: 1,
      serverCpuUs: undefined,
      serverWaitUs: undefined,
      clientBusy: 0,
      serverRssBytes: [],
    },
  }))
  const page = htmlReport({
    about: ['<b> & "more"'],
    plans,
    rows: rowsOf(plans, ['epaxos'], runs),
    text: 'a < b',
  })

  it('has three charts, and asks nothing of the network', () => {
    expect(page.match(/<svg /g)).to.have.length(3)
    expect(page).not.to.match(/<script|<link|src=|href=/)
    for (const text of ['Throughput', 'Latency', '1 client', '64 clients', 'epaxos p99'])
      expect(page).to.contain(`>${text}<`)
  })

  it('escapes what it is given', () => {
    expect(page).to.contain('<li>&lt;b&gt; &amp; &quot;more&quot;</li>').and.contain('<pre>a &lt; b</pre>')
  })
})
