/**
 * Version 4 has reserved indices: one single value more, and none of them reserved yet. A program of version 3 would
 * ignore it and give an index away twice (B20), so it must not open the database any more.
 */
export async function fromThreeToFour(): Promise<void> {}
