/** The meaning of an error code, and its remedy. The operations guide's table is made of these. */
export interface ErrorMeaning {
  readonly meaning: string
  readonly remedy: string
}

/**
 * Every code of an error that this package raises. Codes are stable and made for programs; programs never read the
 * message to decide. A class of errors takes its codes from here (`ErrorCodeOf`), so a code without a row does not
 * compile.
 */
export const errorCodes = {
  // A request, at a replica or at a client.
  notReady: {
    meaning: 'not proposed: the replica does not vote yet, hears no quorum, or its disk is full or hangs',
    remedy: 'send it to another replica; a client does so by itself',
  },
  draining: {
    meaning: 'not proposed: the replica is shutting down',
    remedy: 'send it to another replica; a client does so by itself',
  },
  overloaded: {
    meaning: 'not proposed: too much waits already, at the replica or in the client',
    remedy: 'ask for less at once, and try again later',
  },
  tooLarge: {
    meaning: 'not proposed: a key, a value or the whole command is beyond a limit',
    remedy: 'make it smaller; the message names the limit',
  },
  malformed: {
    meaning:
      'bytes or a value are not what they should be: a command is not proposed, a snapshot or a message not taken',
    remedy: 'correct what the message names; between programs: let both be of the same version',
  },
  notReadOnly: {
    meaning: 'nothing was done: it was asked as a query, and it writes',
    remedy: 'propose it',
  },
  unknown: {
    meaning: 'the outcome is not known: the command may be executed, now or later, or never',
    remedy: 'read what is there before sending it again, or use a session: it is applied once then',
  },
  sessionExpired: {
    meaning: 'the command was not applied this time; an earlier sending of it may have been',
    remedy: 'read what is there; the client begins a new session by itself',
  },
  outdated: {
    meaning:
      'the command was applied, and its answer cannot be given: ' +
      'it is not kept any more (an earlier sending of it was applied), or its result fits into no message',
    remedy: 'number each command once, and acknowledge answers in order; the client of this package does',
  },
  tooManyUnacknowledged: {
    meaning: 'not applied: too many answers of the session are not acknowledged yet',
    remedy: 'acknowledge answers as they come; the client of this package does',
  },
  applyFailed: {
    meaning:
      'executed, and the state machine threw on it, or gave a result that is no plain data; ' +
      'what it had changed before stays, and is the same at every replica',
    remedy: 'correct the command, or the state machine; the log of a replica says what was thrown',
  },
  unavailable: {
    meaning: 'no replica took the request in time: it was not executed and never will be',
    remedy: 'see with `status` which replicas are up and hear a quorum; then send it again',
  },
  closed: {
    meaning: 'not sent: the client was closed before',
    remedy: 'wait for answers before you close a client',
  },

  // A replica that cannot start, or stops by itself.
  badLimits: {
    meaning: 'a limit is no number that a limit may be, contradicts another, or is less than what it is for',
    remedy: 'change the limit that the message names; actors/shared/LIMITS.md lists all',
  },
  wrongStore: {
    meaning: 'the store belongs to another member, or to other members',
    remedy: "start the replica with the id and the members that the store was made for, or on its own member's store",
  },
  foreignStore: {
    meaning: 'a member came back with another store than the one that it is known by: it may have lost its disk',
    remedy: 'start that member on its own store; without it, leave it stopped, and never bootstrap it under its old id',
  },
  oldStore: {
    meaning:
      'a member came with an old copy of its store, or with a copy that runs twice: it lacks votes that it has told',
    remedy: 'start that member on the very directory that it last ran on; without it, leave it stopped',
  },
  disowned: {
    meaning: 'too many peers know another store, or a later life, of this member than the one that it started with',
    remedy:
      'this directory is new or an old copy, and must not vote: start the member on the directory that it last ran on; ' +
      'without it, leave it stopped (examples/cli/OPERATIONS.md, A lost disk)',
  },
  diverged: {
    meaning:
      'replicas that executed the same have different states: a snapshot depends on insertion order, the state machine ' +
      'is not deterministic, or memory is bad',
    remedy:
      'keep the data; hold the state of a state machine of your own in tables, or give its snapshot an order (OrderedMap); compare the digests that the ' +
      'message names; begin again with a backup of the majority',
  },
  invariantBroken: {
    meaning: 'a rule of the protocol, or an assumption that it stands on, does not hold: the replica stopped',
    remedy: 'keep its data and its output, and report them; the others go on without it while most of them are up',
  },

  // The state machine.
  badStateMachine: {
    meaning:
      'the state machine cannot work as one: a method is missing or async, or does not keep its contract; or it has tables and `snapshot`, or neither',
    remedy: 'correct the method that the message names',
  },
  snapshotFailed: {
    meaning: '`snapshot` of the state machine threw, or gave no bytes: no records are let go meanwhile',
    remedy: 'correct `snapshot`; the message says what it did',
  },

  // Snapshots and backups.
  snapshotVersion: {
    meaning: 'a snapshot of another version of this program, which this one does not read',
    remedy: 'run the same version at all replicas',
  },
  snapshotLacks: {
    meaning: 'a snapshot that is older than what this replica has let go already',
    remedy: 'nothing: another donor is asked',
  },
  snapshotMalformed: {
    meaning: 'what came as a snapshot cannot be read',
    remedy: 'nothing once: another donor is asked; if it comes back, look at the donor',
  },
  backupDamaged: {
    meaning: 'a backup file does not read back as it was written',
    remedy: 'take another copy of it, or another backup',
  },
  backupVersion: {
    meaning: 'a backup file of a version that this program does not know',
    remedy: 'read it with the version that wrote it, or a newer one',
  },

  // The store.
  storeEmpty: {
    meaning: 'there is no store, and nobody said that this replica is new',
    remedy:
      'a new replica: --bootstrap; one that lost its disk: leave it stopped, and never bootstrap it under its old id',
  },
  storeNotEmpty: {
    meaning: 'a new store was asked for where there is data already',
    remedy: 'leave out --bootstrap to go on with that data, or name another directory',
  },
  storeLocked: {
    meaning: 'another process has the store open',
    remedy: 'end the other process, or name another directory',
  },
  storeForeign: {
    meaning: 'the store belongs to another cluster or another member',
    remedy: 'start the replica with the cluster, the id and the members that the store was made for',
  },
  storeDamaged: {
    meaning: 'the store does not read back as it was written',
    remedy:
      'this replica must not vote on what is left of its store, and goes on only with the exact store that it had when it ' +
      'last ran. If there is no copy of that, leave it stopped: the others have all that was acknowledged and go on ' +
      'without it while most of them are up. Never bootstrap it again under its old id',
  },
  storeVersion: {
    meaning: 'the store was written by a newer version of this program',
    remedy: 'run that version, or a newer one',
  },
  storeFull: {
    meaning: 'the disk is full: nothing of the batch was written',
    remedy: 'make room; this replica does not vote until then',
  },
  storeFailed: {
    meaning: 'a write failed, and whether it was written is not known: the replica stopped',
    remedy:
      'whether it was written is not known: start this replica again, and it reads anew what is there; ' +
      'if that fails too, its disk is at fault',
  },
  storeUnread: {
    meaning: 'the disk gave an error while the store was opened: whether the store is damaged is not known',
    remedy:
      'start this replica again: its store is as it was. If the error comes back, its disk is at fault: copy the whole ' +
      'directory to another one, and start it there',
  },
  storeGone: {
    meaning: 'the data directory was removed, renamed or replaced while the replica ran: the replica stopped',
    remedy:
      'put the same directory back where it was, and start this replica again. If it is gone for good, leave this replica ' +
      'stopped, and never bootstrap it under its old id',
  },
  badDirectory: {
    meaning: 'the data directory cannot be used as it is named',
    remedy: 'name a directory that this process may read and write',
  },
  storeClosed: {
    meaning: 'nothing was written: the store is not open',
    remedy: 'open the store before you write; a replica does',
  },

  // Addresses.
  portInUse: {
    meaning: 'another process listens on the port of this replica',
    remedy: 'end the other process, or name another port',
  },
  cannotListen: {
    meaning: 'the system does not let this replica listen at its address',
    remedy: 'name an address of this machine and a port that the user may open',
  },
  secretMissing: {
    meaning:
      'a replica that other machines can reach has no cluster secret: whoever reaches it could speak as a member',
    remedy: 'give all members the same file with --cluster-secret-file, or accept it with --insecure',
  },
  badEndpoint: {
    meaning: 'an endpoint is no ws:// or wss:// URL, or one of a member has no port or has a path',
    remedy: 'write it like ws://127.0.0.1:7101',
  },
  unknownMember: {
    meaning: 'no endpoint is given for a member',
    remedy: 'name the endpoint of each member',
  },
} as const satisfies { readonly [code: string]: ErrorMeaning }

export type ErrorCode = keyof typeof errorCodes

/** The codes of one class of errors; one that the table lacks does not compile. */
export type ErrorCodeOf<Code extends ErrorCode> = Code
