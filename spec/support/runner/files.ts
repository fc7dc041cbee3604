import { readdirSync } from 'node:fs'
import { UsageError } from '../parse-args.ts'

/** `*` within a folder's name or a file's, `**` across folders. */
function asExpression(pattern: string): RegExp {
  const parts = pattern.replace(/^\.\//, '').split(/(\*\*\/|\*\*|\*)/)
  const wild: { readonly [part: string]: string } = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*' }
  return new RegExp(`^${parts.map(part => wild[part] ?? part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('')}$`)
}

/**
 * Files of specs that match one of `patterns` and none of `excluded`, in the order of their names.
 * @throws UsageError when a pattern matches none
 */
export function specFiles(patterns: readonly string[], excluded: readonly string[]): readonly string[] {
  const all = readdirSync('spec', { recursive: true, encoding: 'utf8' })
    .map(path => `spec/${path}`)
    .filter(path => path.endsWith('.spec.ts'))
    .sort()
  const left = excluded.map(asExpression)
  const wanted = patterns.map(asExpression)
  wanted.forEach((each, at) => {
    if (!all.some(path => each.test(path))) throw new UsageError(`no file of specs matches ${patterns[at]}`)
  })
  return all.filter(path => wanted.some(each => each.test(path)) && !left.some(each => each.test(path)))
}
