/** A replica, by rank. */
export const replicaName = (rank: number): string => 'ABCDEFGHI'[rank]!
/** A command, by its place in the configuration. */
export const commandName = (command: number): string => 'XYZU'[command]!
