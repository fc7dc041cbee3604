import { InvalidArgumentError, Option } from 'commander'

/** The origin of a page: `https://console.example`. @throws InvalidArgumentError that says what was expected */
export function parseOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.origin === 'null' || url.origin !== text.toLowerCase())
    throw new InvalidArgumentError(`expected the origin of a page, like https://console.example, found '${text}'.`)
  return url.origin
}

/** A host name or an address, without a port. @throws InvalidArgumentError that says what was expected */
export function parseHost(text: string): string {
  const name = text.includes(':') && !text.startsWith('[') ? `[${text}]` : text
  const url = URL.canParse(`http://${name}`) ? new URL(`http://${name}`) : undefined
  if (url === undefined || url.port !== '' || url.host !== url.hostname || /[/?#@\\\s]/.test(text))
    throw new InvalidArgumentError(`expected a host name or an address without a port, found '${text}'.`)
  return text
}

/** A comma list that may be given several times. */
const listed =
  (parse: (text: string) => string) =>
  (text: string, before: readonly string[] | undefined): readonly string[] => [
    ...(before ?? []),
    ...text.split(',').map(each => parse(each.trim())),
  ]

export const parseOrigins = listed(parseOrigin)
export const parseHosts = listed(parseHost)

export const allowOriginOption = (): Option =>
  new Option('--allow-origin <list>', 'web pages of these origins may connect; without it none may').argParser(
    parseOrigins,
  )

export const allowHostOption = (): Option =>
  new Option(
    '--allow-host <list>',
    'more names that it may be asked by, as behind a proxy; its own and those of loopback need none',
  ).argParser(parseHosts)
