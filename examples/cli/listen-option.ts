import { InvalidArgumentError, Option } from 'commander'
import { wholeNumber } from './options.ts'

/** The address that a replica listens on. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

const port = wholeNumber(1, 65_535)

/** `HOST:PORT`; an IPv6 address stands in brackets. @throws InvalidArgumentError that says what was expected */
export function parseListen(text: string): ListenAddress {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:]+)\]|([^\s:/[\]]+)):(\d+)$/.exec(text) ?? []
  const host = bracketed ?? plain
  if (host === undefined || digits === undefined)
    throw new InvalidArgumentError(`expected HOST:PORT, like 0.0.0.0:7101 or [::]:7101, found '${text}'.`)
  return { host, port: port(digits) }
}

export const listenOption = (): Option =>
  new Option(
    '--listen <host:port>',
    'where to listen, when that is not where the others reach it (published ports, NAT); default: its own of --members',
  ).argParser(parseListen)
