/** What a worker tells of the specs of one file. */
export type Told =
  | { readonly type: 'passed' | 'skipped'; readonly title: readonly string[] }
  | { readonly type: 'failed'; readonly title: readonly string[]; readonly error: ToldError }
  /** Nothing more follows of this file. */
  | { readonly type: 'done' }

/** An error as it crosses between processes: `actual` and `expected` are texts, where a difference can be shown. */
export interface ToldError {
  readonly message: string
  readonly stack: string
  readonly showDiff: boolean
  readonly actual?: string | undefined
  readonly expected?: string | undefined
}

/** What a worker is asked to run. */
export interface Asked {
  readonly file: string
  /** A regular expression that full titles match. */
  readonly grep: string | undefined
}

export type Outcome = Exclude<Told, { readonly type: 'done' }>
