/** What is said on standard error meanwhile, a line for each call of `console.error`. */
export async function saidDuring(run: () => Promise<void>): Promise<readonly string[]> {
  const said: string[] = []
  const { error } = console
  console.error = (...words: readonly unknown[]) => said.push(words.join(' '))
  try {
    await run()
  } finally {
    console.error = error
  }
  return said
}
