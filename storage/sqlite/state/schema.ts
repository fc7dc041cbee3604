/** "EPXT" in the header of a state file. */
export const stateApplicationId = 0x45505854
/** Raised with every change of the tables or of the meaning of their bytes. */
export const stateVersion = 1
/** A segment of a mebibyte lies in sixteen pages of this size, where it would be a chain of 256 small ones. */
export const statePageBytes = 65_536

export const stateTables = `
CREATE TABLE segments (key INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE checkpoints (one INTEGER PRIMARY KEY CHECK (one = 1), bytes BLOB NOT NULL) STRICT;
`

/** A statement that adds so many segments. Parameters: key and bytes of each. */
export const addStatement = (count: number): string =>
  `INSERT INTO segments VALUES ${new Array<string>(count).fill('(?, ?)').join(', ')}`
export const commitStatement = 'INSERT INTO checkpoints VALUES (1, ?) ON CONFLICT DO UPDATE SET bytes = excluded.bytes'
export const readStatement = 'SELECT bytes FROM segments WHERE key = ?'
/** Parameter: a JSON list of keys. */
export const removeStatement = 'DELETE FROM segments WHERE key IN (SELECT value FROM json_each(?))'
