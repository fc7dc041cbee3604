/** "EPXS" in the database's header: this file is a store of ours. */
export const applicationId = 0x45505853
/**
 * Raised with every change of the tables or of the meaning of their bytes; migrations.ts has the step that leads there.
 */
export const schemaVersion = 5
/** Databases from this version on are brought up to date when they are opened. */
export const schemaVersionOldest = 1

/**
 * A journal with a row for each flush (journal.ts), and three tables of sealed values (seal.ts): the records that were
 * folded out of the journal (fold.ts), and the single values.
 */
export const tables = `
CREATE TABLE journal (flush INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE votes (key BLOB PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE commands (key BLOB PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE singles (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;
`

const putSingles = `
  INSERT INTO singles
    SELECT value ->> 0, substr(NEW.data, value ->> 1, value ->> 2) FROM json_each(NEW.singles) WHERE TRUE
    ON CONFLICT DO UPDATE SET bytes = excluded.bytes;`

/**
 * Views that spread one inserted row over several tables. So it is one statement, hence one transaction and one trip to
 * the thread pool, whatever it holds. `data` holds keys and values end to end; the lists say where. The views hold
 * nothing, so that a database of an older version just gets the new ones; with a view its triggers go.
 */
export const doors = `
DROP VIEW IF EXISTS flush;
CREATE VIEW flush AS SELECT NULL AS number, NULL AS row, NULL AS data, NULL AS singles, NULL AS gone;
CREATE TRIGGER flushes INSTEAD OF INSERT ON flush BEGIN
  INSERT INTO journal VALUES (NEW.number, NEW.row);${putSingles}
  DELETE FROM votes WHERE key IN (
    SELECT votes.key FROM json_each(NEW.gone) CROSS JOIN votes
      ON votes.key BETWEEN substr(NEW.data, json_each.value ->> 0, 11) AND substr(NEW.data, json_each.value ->> 1, 11));
  DELETE FROM commands WHERE key IN (
    SELECT commands.key FROM json_each(NEW.gone) CROSS JOIN commands
      ON commands.key BETWEEN substr(NEW.data, json_each.value ->> 0, 11) AND substr(NEW.data, json_each.value ->> 1, 11));
END;
DROP VIEW IF EXISTS fold;
CREATE VIEW fold AS SELECT NULL AS last, NULL AS data, NULL AS votes, NULL AS commands, NULL AS singles;
CREATE TRIGGER folds INSTEAD OF INSERT ON fold BEGIN
  DELETE FROM journal WHERE flush <= NEW.last;
  INSERT INTO votes
    SELECT substr(NEW.data, key, 11), substr(NEW.data, key + 11, value) FROM json_each(NEW.votes) WHERE TRUE
    ON CONFLICT DO UPDATE SET bytes = excluded.bytes;
  INSERT INTO commands
    SELECT substr(NEW.data, key, 11), substr(NEW.data, key + 11, value) FROM json_each(NEW.commands) WHERE TRUE
    ON CONFLICT DO NOTHING;${putSingles}
END;
`

/** A flush of records alone. Parameters: its number, and the result of `packRow`. */
export const appendStatement = 'INSERT INTO journal VALUES (?, ?)'
/**
 * Any flush. Parameters: the same, and those that `packRest` returns. The last column, of what is gone, was filled by programs
 * of before, which deleted it at once (deletions.ts).
 */
export const flushStatement = "INSERT INTO flush VALUES (?, ?, ?, ?, '[]')"
/** Parameters: those that `packFold` or `packOwner` returns. */
export const foldStatement = 'INSERT INTO fold VALUES (?, ?, ?, ?, ?)'

/**
 * A page of records: key, sealed vote and sealed command (if any) in one column, because the cost of reading is the
 * number of columns. Parameters: the key after which to begin (empty: at the first), and how many.
 */
export const recordsStatement = `
SELECT CAST(votes.key || votes.bytes || ifnull(commands.bytes, '') AS BLOB) AS record
FROM votes LEFT JOIN commands ON commands.key = votes.key
WHERE votes.key > ? ORDER BY votes.key LIMIT ?`
