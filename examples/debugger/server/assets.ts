import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { urlOf } from '../../../index.ts'
import { builtPage, prepareBuiltPage } from './built-page.ts'

const types: { readonly [extension: string]: string } = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
}

/** Answers a request for a file of the built page; nothing outside the folder `assets`, no type that a page does not need. */
export async function serveAsset(
  request: IncomingMessage,
  response: ServerResponse,
  assets: string,
  port: number,
): Promise<void> {
  const pathname = urlOf(request)?.pathname
  if (pathname === undefined) return refuse(response, 400, 'the target of this request is no path')
  const path = pathname === '/' ? 'index.html' : normalize(decodeURIComponentOrNothing(pathname)).replace(/^[/\\]+/, '')
  const type = types[extname(path)]
  if (type === undefined || path.startsWith('..')) return refuse(response, 404, 'there is nothing here')
  try {
    if (assets === builtPage) await prepareBuiltPage()
    const body = await readFile(join(assets, path))
    response.writeHead(200, { ...headers(port), 'content-type': type, 'content-length': body.length })
    response.end(request.method === 'HEAD' ? undefined : body)
  } catch {
    const why = path === 'index.html' ? 'the page is not built: npm run build:page' : 'there is nothing here'
    refuse(response, 404, why)
  }
}

function decodeURIComponentOrNothing(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

/** Everything that the page needs comes from here, and nothing that it says goes elsewhere. */
const headers = (port: number) => ({
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self' ws://127.0.0.1:${port} ws://localhost:${port}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
})

/** Answers a request that is not served, in a sentence. */
export function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { ...headers(0), 'content-type': 'text/plain; charset=utf-8' }).end(`${why}\n`)
}
