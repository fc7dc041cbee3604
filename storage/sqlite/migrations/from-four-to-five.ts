/**
 * Version 5 has the state in a file of its own, and says here which checkpoint the deletions rely on. A snapshot that
 * version 4 has left is still read. A program of version 4 would take the place of the state to be empty, and its records
 * are gone, so it must not open the database any more.
 */
export async function fromFourToFive(): Promise<void> {}
