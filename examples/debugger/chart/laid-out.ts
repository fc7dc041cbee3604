import type { ChartEdge, ChartNode } from './chart-of.ts'

export interface Point {
  readonly x: number
  readonly y: number
}

/** A node and where it is drawn, in pixels from the upper left corner of the chart. */
export interface LaidOutNode extends ChartNode, Point {
  readonly width: number
  readonly height: number
}

/** An edge, the corners of its line, and where its labels stand: one line a transition. */
export interface LaidOutEdge extends ChartEdge {
  readonly points: readonly Point[]
  readonly label:
    | (Point & { readonly width: number; readonly height: number; readonly lines: readonly string[] })
    | undefined
}

/** A chart with its layout: plain data, which the page is built with. */
export interface LaidOutChart {
  readonly width: number
  readonly height: number
  readonly nodes: readonly LaidOutNode[]
  readonly edges: readonly LaidOutEdge[]
}
