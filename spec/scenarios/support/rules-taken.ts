/**
 * How often each rule of [the protocol](../../../machines/protocol/README.md) was taken at the tables of all scenarios
 * that have run in this process; `print-rules.ts` prints it.
 */
export const scenarioRules = new Map<string, number>()
