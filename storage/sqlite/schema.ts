/** "EPXS" in the database's header: this file is a store of ours. */
export const applicationId = 0x45505853
/** Raised with every change of the tables or of what their bytes mean; migrations.ts has the step that leads there. */
export const schemaVersion = 2
/** Databases from this version on are brought up to date when they are opened. */
export const schemaVersionOldest = 1

/**
 * Three tables of sealed values (seal.ts), and one door for writes: a row inserted into the view `flush` spreads over
 * the tables. So a whole flush is one statement, hence one transaction and one trip to the thread pool, however many
 * records it has; two statements of many rows between BEGIN and COMMIT took 1.5 times the processor time at one record
 * and twice at 256. `data` holds keys and values end to end; the lists say where.
 */
export const tables = `
CREATE TABLE votes (key BLOB PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE commands (key BLOB PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE singles (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;
`

/** Holds nothing, so that a database of an older version just gets the new one. */
export const door = `
CREATE VIEW flush AS SELECT NULL AS data, NULL AS votes, NULL AS commands, NULL AS singles, NULL AS gone;
CREATE TRIGGER spread INSTEAD OF INSERT ON flush BEGIN
  INSERT INTO votes
    SELECT substr(NEW.data, key, 11), substr(NEW.data, key + 11, value) FROM json_each(NEW.votes) WHERE TRUE
    ON CONFLICT DO UPDATE SET bytes = excluded.bytes;
  INSERT INTO commands
    SELECT substr(NEW.data, key, 11), substr(NEW.data, key + 11, value) FROM json_each(NEW.commands) WHERE TRUE
    ON CONFLICT DO NOTHING;
  INSERT INTO singles
    SELECT value ->> 0, substr(NEW.data, value ->> 1, value ->> 2) FROM json_each(NEW.singles) WHERE TRUE
    ON CONFLICT DO UPDATE SET bytes = excluded.bytes;
  DELETE FROM votes WHERE key IN (
    SELECT votes.key FROM json_each(NEW.gone) CROSS JOIN votes
      ON votes.key BETWEEN substr(NEW.data, json_each.value ->> 0, 11) AND substr(NEW.data, json_each.value ->> 1, 11));
  DELETE FROM commands WHERE key IN (
    SELECT commands.key FROM json_each(NEW.gone) CROSS JOIN commands
      ON commands.key BETWEEN substr(NEW.data, json_each.value ->> 0, 11) AND substr(NEW.data, json_each.value ->> 1, 11));
END;
`

/** Parameters: those that `packFlush` returns. */
export const flushStatement = 'INSERT INTO flush VALUES (?, ?, ?, ?, ?)'

/**
 * A page of records: key, sealed vote and sealed command (if any) in one column, because what reading costs is the
 * number of columns. Parameters: the key after which to begin (empty: at the first), and how many.
 */
export const recordsStatement = `
SELECT CAST(votes.key || votes.bytes || ifnull(commands.bytes, '') AS BLOB) AS record
FROM votes LEFT JOIN commands ON commands.key = votes.key
WHERE votes.key > ? ORDER BY votes.key LIMIT ?`
