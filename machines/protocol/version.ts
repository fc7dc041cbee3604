/**
 * Version of everything between processes, and of its meaning to replicas.
 *
 * Peers and clients of another major version are refused. Within one, an older minor version talks to a newer one, so a
 * minor version may add what an older one can do without, and nothing else:
 * - a type of message, with a number of its own: an older one skips it, and does not answer. Clients send a new type
 *   only to a replica whose welcome names a minor version that has it;
 * - a field at the end of a struct, `optional`: an older one skips it, and its own have none;
 * - a value at the end of a `growingOneOf`: an older one reads it as the value that stands for all others.
 *
 * The meaning of a vote, and the effect of executing a payload, never change within a major version: replicas of two
 * minor versions would differ. Major 2 changed both: payloads are envelopes (sessions), and heartbeats tell of
 * truncation. Major 3 again: commands lie in their envelopes as plain data, records go by agreement, and a snapshot
 * travels with its records. Major 4: commands of a session travel, and lie in envelopes, many at a time; commits and
 * accepts lean on the payload that their receiver holds; heartbeats tell of the restart barrier. Major 5: a command that
 * fails has an answer, a read of a session leaves none, and limits and words stay out of replicated results. A hello
 * states the life of the sender's store, and with a cluster secret a nonce; peers tell each other of stores; clients may
 * ask that one be forgotten, and end their sessions; heartbeats tell the time of day. Major 6: replicas ask each other
 * what writes the keys of a read.
 */
export const protocolVersion = { major: 6, minor: 0 } as const
