import { effectNames } from '../../../../machines/instance/effects.ts'

/** The effects of the chart, which have no body of their own. */
export const effects = effectNames

/** Bodies that do nothing, for `instanceMachine.provide`. */
export const silentEffects = Object.fromEntries(effects.map(name => [name, () => undefined]))
