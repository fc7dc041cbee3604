import type { JSX } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { palette } from './colours.ts'
import { CanvasPen, type Pen, SvgPen } from './pen.ts'

export interface Drawing {
  draw(pen: Pen, width: number, height: number): void
}

/** The picture on show, as SVG: what the export takes. */
export const picture: { toSvg: (() => string) | undefined } = { toSvg: undefined }

interface Props extends Drawing {
  readonly label: string
  readonly onPoint?: (x: number, y: number) => void
  readonly onLeave?: () => void
  readonly onPick?: (x: number, y: number, event: MouseEvent) => void
  readonly onScroll?: (delta: number) => void
  readonly pointer?: boolean
}

/** A canvas as large as its place, drawn anew whenever it is rendered. */
export function Canvas({ draw, label, onPoint, onLeave, onPick, onScroll, pointer }: Props): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [size, setSize] = useState({ width: 0, height: 0 })
  useLayoutEffect(() => {
    const place = canvas.current!.parentElement!
    const measure = () => setSize({ width: place.clientWidth, height: place.clientHeight })
    const observer = new ResizeObserver(measure)
    observer.observe(place)
    measure()
    return () => {
      observer.disconnect()
      picture.toSvg = undefined
    }
  }, [])
  useLayoutEffect(() => {
    const { width, height } = size
    const on = canvas.current!
    const scale = devicePixelRatio
    const [wide, high] = [Math.round(width * scale), Math.round(height * scale)]
    if (on.width !== wide) on.width = wide
    if (on.height !== high) on.height = high
    const context = on.getContext('2d')!
    context.setTransform(scale, 0, 0, scale, 0, 0)
    context.clearRect(0, 0, width, height)
    if (width > 0 && height > 0) draw(new CanvasPen(context), width, height)
    picture.toSvg = () => {
      const pen = new SvgPen()
      draw(pen, width, height)
      return pen.toString(width, height, palette.value.panel)
    }
  })
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={label}
      class={pointer === true ? 'points' : ''}
      onMouseMove={event => onPoint?.(event.offsetX, event.offsetY)}
      onMouseLeave={() => onLeave?.()}
      onClick={event => onPick?.(event.offsetX, event.offsetY, event)}
      onWheel={event => {
        if (onScroll === undefined) return
        event.preventDefault()
        onScroll(event.deltaY + event.deltaX)
      }}
    />
  )
}
