const kept = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'opacity',
  'font-size',
  'font-weight',
  'font-family',
  'text-anchor',
  'display',
  'paint-order',
] as const

/** A drawing of the page as a file of its own: what the style sheet says of it is written into it. */
export function svgOf(drawing: SVGSVGElement, background: string): string {
  const copy = drawing.cloneNode(true) as SVGSVGElement
  const originals = drawing.querySelectorAll<SVGElement>('*')
  copy.querySelectorAll<SVGElement>('*').forEach((element, at) => {
    const styles = getComputedStyle(originals[at]!)
    for (const name of kept) element.setAttribute(name, styles.getPropertyValue(name))
    element.removeAttribute('class')
  })
  const [, , width, height] = (drawing.getAttribute('viewBox') ?? '0 0 100 100').split(' ')
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  copy.setAttribute('width', width!)
  copy.setAttribute('height', height!)
  const paper = document.createElementNS('http://www.w3.org/2000/svg', 'rect')
  paper.setAttribute('width', '100%')
  paper.setAttribute('height', '100%')
  paper.setAttribute('fill', background)
  copy.prepend(paper)
  return `${new XMLSerializer().serializeToString(copy)}\n`
}
