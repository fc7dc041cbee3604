/** A Markdown table with columns as wide as their widest cell. */
export function tableOf(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [header, ...rows].map(row => row.map(cell => cell.replaceAll('|', '\\|')))
  const widths = header.map((_, at) => Math.max(3, ...cells.map(row => row[at]!.length)))
  const line = (row: readonly string[]): string => `| ${row.map((cell, at) => cell.padEnd(widths[at]!)).join(' | ')} |`
  return `${[line(cells[0]!), line(widths.map(width => '-'.repeat(width))), ...cells.slice(1).map(line)].join('\n')}\n`
}
