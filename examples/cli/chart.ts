import { Command } from 'commander'
import { instanceChart } from '../../index.ts'

/** `chart`: the instance statechart as a Mermaid diagram, drawn from the machine itself. */
export const chartCommand = (): Command =>
  new Command('chart')
    .description('print the instance statechart as a Mermaid diagram, drawn from the code')
    .action(() => {
      process.stdout.write(instanceChart())
    })
