/** What charts are drawn with: on a canvas, or as SVG for keeping. */

export interface Style {
  readonly fill?: string
  readonly stroke?: string
  readonly width?: number
  readonly dash?: readonly number[]
  readonly alpha?: number
}
export interface TextStyle {
  readonly fill: string
  readonly size?: number
  readonly anchor?: 'start' | 'middle' | 'end'
  readonly bold?: boolean
  readonly alpha?: number
}

export interface Pen {
  /** x, y, x, y, ... */
  line(points: readonly number[], style: Style): void
  rect(x: number, y: number, width: number, height: number, style: Style, radius?: number): void
  circle(x: number, y: number, radius: number, style: Style): void
  /** Its middle is at y. */
  text(x: number, y: number, text: string, style: TextStyle): void
}

export const font = 'system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif'

export class CanvasPen implements Pen {
  readonly #to: CanvasRenderingContext2D
  constructor(to: CanvasRenderingContext2D) {
    this.#to = to
    to.lineJoin = 'round'
  }

  line(points: readonly number[], style: Style): void {
    this.#to.beginPath()
    this.#to.moveTo(points[0]!, points[1]!)
    for (let at = 2; at < points.length; at += 2) this.#to.lineTo(points[at]!, points[at + 1]!)
    this.#ink(style)
  }
  rect(x: number, y: number, width: number, height: number, style: Style, radius = 0): void {
    this.#to.beginPath()
    if (radius === 0) this.#to.rect(x, y, width, height)
    else this.#to.roundRect(x, y, width, height, radius)
    this.#ink(style)
  }
  circle(x: number, y: number, radius: number, style: Style): void {
    this.#to.beginPath()
    this.#to.arc(x, y, radius, 0, 2 * Math.PI)
    this.#ink(style)
  }
  text(x: number, y: number, text: string, { fill, size = 12, anchor = 'start', bold, alpha = 1 }: TextStyle): void {
    this.#to.globalAlpha = alpha
    this.#to.font = `${bold === true ? '600 ' : ''}${size}px ${font}`
    this.#to.textAlign = anchor === 'middle' ? 'center' : anchor
    this.#to.textBaseline = 'middle'
    this.#to.fillStyle = fill
    this.#to.fillText(text, x, y)
    this.#to.globalAlpha = 1
  }

  #ink({ fill, stroke, width = 1, dash, alpha = 1 }: Style): void {
    this.#to.globalAlpha = alpha
    if (fill !== undefined) {
      this.#to.fillStyle = fill
      this.#to.fill()
    }
    if (stroke !== undefined) {
      this.#to.strokeStyle = stroke
      this.#to.lineWidth = width
      this.#to.setLineDash(dash === undefined ? [] : [...dash])
      this.#to.stroke()
    }
    this.#to.globalAlpha = 1
  }
}

export class SvgPen implements Pen {
  readonly #parts: string[] = []

  line(points: readonly number[], style: Style): void {
    this.#parts.push(`<polyline points="${points.map(round).join(' ')}"${ink(style)}/>`)
  }
  rect(x: number, y: number, width: number, height: number, style: Style, radius = 0): void {
    this.#parts.push(
      `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="${radius}"${ink(style)}/>`,
    )
  }
  circle(x: number, y: number, radius: number, style: Style): void {
    this.#parts.push(`<circle cx="${round(x)}" cy="${round(y)}" r="${round(radius)}"${ink(style)}/>`)
  }
  text(x: number, y: number, text: string, { fill, size = 12, anchor = 'start', bold, alpha }: TextStyle): void {
    const more = `${bold === true ? ' font-weight="600"' : ''}${alpha === undefined ? '' : ` opacity="${alpha}"`}`
    this.#parts.push(
      `<text x="${round(x)}" y="${round(y)}" dy="0.35em" fill="${fill}" font-size="${size}" text-anchor="${anchor}"${more}>${escaped(text)}</text>`,
    )
  }

  toString(width: number, height: number, background: string): string {
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escaped(font)}"><rect width="100%" height="100%" fill="${background}"/>${this.#parts.join('')}</svg>\n`
  }
}

const round = (value: number): number => Math.round(value * 10) / 10
const ink = ({ fill = 'none', stroke, width = 1, dash, alpha }: Style): string =>
  ` fill="${fill}"${stroke === undefined ? '' : ` stroke="${stroke}" stroke-width="${width}"`}${dash === undefined ? '' : ` stroke-dasharray="${dash.join(' ')}"`}${alpha === undefined ? '' : ` opacity="${alpha}"`}`
export const escaped = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')
