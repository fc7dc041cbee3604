/** Made when the page is built, from the machine's own definition. */
declare module 'epaxos:statechart' {
  export const chart: import('../../chart/laid-out.ts').LaidOutChart
  export const mermaid: string
}
declare module '*.css'
