import type { Configuration } from './configuration.ts'

/** By rank: the rank that takes its place. */
export type Permutation = readonly number[]

/**
 * Exchanges of replicas, their commands with them, that leave a configuration as it is. Ballots are compared, and of two
 * in one round the higher rank's wins: where an instance may be recovered twice, its recoverers keep their order.
 */
export function symmetriesOf(configuration: Configuration): Permutation[] {
  const { n, commands, recoverers, recoveries, start } = configuration
  const identity = Array.from({ length: n }, (_, rank) => rank)
  if (start !== undefined) return [identity]
  return permutations(identity).filter(to =>
    commands.every((_, command) => {
      const image = imageOf(commands, to, command)
      if (image < 0 || recoveries[image] !== recoveries[command]) return false
      const moved = recoverers[command]!.map(rank => to[rank]!)
      const isSame = moved.toSorted().join() === recoverers[image]!.toSorted().join()
      const keepsOrder = moved.every((rank, at) => at === 0 || rank > moved[at - 1]!)
      return isSame && (keepsOrder || recoveries[command]! < 2)
    }),
  )
}

/** The command that takes the place of `command`: of the replica that takes its replica's place, the one of equal index. */
export function imageOf(commands: readonly number[], to: Permutation, command: number): number {
  const rank = commands[command]!
  const index = commands.slice(0, command).filter(each => each === rank).length
  const all = commands.flatMap((each, at) => (each === to[rank] ? [at] : []))
  const own = commands.filter(each => each === rank).length
  return all.length === own ? all[index]! : -1
}

const permutations = (of: readonly number[]): Permutation[] =>
  of.length === 0 ? [[]] : of.flatMap((first, at) => permutations(of.toSpliced(at, 1)).map(rest => [first, ...rest]))
