import { LineChart, type LineSeriesOption } from 'echarts/charts'
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer])

export interface Chart {
  readonly title: string
  readonly x: string
  readonly y: string
  /** Of the points of load; undefined: x is a number, drawn to a logarithmic scale. */
  readonly categories: readonly string[] | undefined
  readonly isLogarithmic: boolean
  readonly series: readonly ChartSeries[]
}

export interface ChartSeries {
  readonly name: string
  readonly isDashed: boolean
  /** With categories the first of each pair is the place of one. */
  readonly points: readonly (readonly [x: number, y: number])[]
}

const width = 860
const plotHeight = 300
const titleHeight = 50
const axisHeight = 50
/** Names are long: so many stand in a row below the plot. */
const namesARow = 4
const nameHeight = 24
const namesWidth = 780

/** A chart as a text of SVG, without a browser. */
export function svgOf({ title, x, y, categories, isLogarithmic, series }: Chart): string {
  const legendHeight = Math.ceil(series.length / namesARow) * nameHeight
  const bottom = axisHeight + legendHeight
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height: titleHeight + plotHeight + bottom })
  try {
    chart.setOption({
      animation: false,
      title: { text: title, left: 'center', textStyle: { fontSize: 15 } },
      legend: { bottom: 0, width: namesWidth, itemGap: 16 },
      grid: { left: 80, right: 30, top: titleHeight, bottom },
      xAxis: {
        type: categories === undefined ? 'log' : 'category',
        name: x,
        nameLocation: 'middle',
        nameGap: 30,
        ...(categories !== undefined && { data: [...categories] }),
      },
      yAxis: { type: isLogarithmic ? 'log' : 'value', name: y },
      series: series.map(
        ({ name, isDashed, points }): LineSeriesOption => ({
          name,
          type: 'line',
          lineStyle: { type: isDashed ? 'dashed' : 'solid' },
          showSymbol: categories !== undefined,
          data: points.map(([at, value]) => [at, value]),
        }),
      ),
    })
    return chart.renderToSVGString()
  } finally {
    chart.dispose()
  }
}
