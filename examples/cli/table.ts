/** Rows of cells as aligned columns; numbers to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) {
    row.forEach((cell, at) => {
      widths[at] = Math.max(widths[at] ?? 0, cell.length)
    })
  }
  const pad = (cell: string, at: number): string =>
    /^[\d.,]+( %)?$/.test(cell) ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!)
  return rows.map(row => row.map(pad).join('  ').trimEnd()).join('\n')
}
