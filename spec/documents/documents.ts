import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { root } from '../cluster/run-cli.ts'

/** A fenced block of a document, with the comment right before it. */
export interface Block {
  readonly path: string
  readonly line: number
  readonly language: string
  readonly text: string
  readonly comment: string
}

/** All documents of the repository, the hidden and the installed ones left out. */
export const documents: readonly string[] = filesOf('*.md').filter(path => !path.includes('/golden/'))

/** Paths of the files that git knows, new ones among them. */
export function filesOf(...patterns: readonly string[]): readonly string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...patterns]
  return [...new Set(execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\n'))].filter(Boolean)
}

export const textOf = (path: string): string => readFileSync(`${root}/${path}`, 'utf8')

/** The fenced blocks of a document, in their order. */
export function blocksOf(path: string): readonly Block[] {
  const text = textOf(path)
  const found = text.matchAll(/(?:^<!-- *(.*?) *-->\n)?^( *)```(\w+)\n([\s\S]*?)\n\2```$/gm)
  return [...found].map(({ 1: comment = '', 2: indent = '', 3: language, 4: body, index }) => ({
    path,
    line: text.slice(0, index).split('\n').length,
    language: language!,
    text: body!
      .split('\n')
      .map(line => line.slice(indent.length))
      .join('\n'),
    comment,
  }))
}

/** A document without its code: fenced blocks, and `code` within a line. */
export const proseOf = (text: string): string => text.replace(/^( *)```[\s\S]*?^\1```$/gm, '').replace(/`[^`\n]*`/g, '')

/** The anchors of a document, as GitHub makes them of headings, and those that are set by hand. */
export function anchorsOf(text: string): ReadonlySet<string> {
  const prose = text.replace(/^( *)```[\s\S]*?^\1```$/gm, '')
  const headings = [...prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, title]) => slug(title!))
  const set = [...prose.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id!)
  return new Set([...headings, ...set])
}

const slug = (title: string): string =>
  title
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\- _]/gu, '')
    .replaceAll(' ', '-')
