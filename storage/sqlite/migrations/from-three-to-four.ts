/**
 * Version 4 has reserved indices: one single value more, and none of them reserved yet. A program of version 3 would pass over
 * it and give an index away twice (B20); that is why it must not open the database any more.
 */
export async function fromThreeToFour(): Promise<void> {}
