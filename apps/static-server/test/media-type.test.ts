import { describe, expect, it } from 'vitest'
import { mediaTypeOf } from '../src/media-type.ts'

describe('mediaTypeOf', () => {
  it.each([
    ['index.html', 'text/html; charset=utf-8'],
    ['a.css', 'text/css; charset=utf-8'],
    ['a.txt', 'text/plain; charset=utf-8'],
    ['app.js', 'text/javascript; charset=utf-8'],
    ['app.mjs', 'text/javascript; charset=utf-8'],
    ['app.cjs', 'text/javascript; charset=utf-8'],
    ['app.ts', 'text/plain; charset=utf-8'],
    ['app.js.map', 'application/json; charset=utf-8'],
    ['data.json', 'application/json; charset=utf-8'],
    ['app.webmanifest', 'application/manifest+json; charset=utf-8'],
    ['pic.svg', 'image/svg+xml; charset=utf-8'],
    ['feed.xml', 'application/xml'],
    ['pic.png', 'image/png'],
    ['pic.AVIF', 'image/avif'],
    ['favicon.ico', 'image/vnd.microsoft.icon'],
    ['a.wasm', 'application/wasm'],
    ['font.woff2', 'font/woff2'],
    ['clip.mp4', 'video/mp4'],
    ['README.md', 'text/markdown; charset=utf-8'],
  ])('gives %s the type %s', (name, type) => {
    expect(mediaTypeOf(name)).toBe(type)
  })

  it('R68, R69: a compressed file is a file, not a coding of another', () => {
    expect(mediaTypeOf('app.js.gz')).toBe('application/gzip')
    expect(mediaTypeOf('t.tar.gz')).toBe('application/gzip')
  })

  it.each(['LICENSE', 'html', '.html', 'a.unheard-of', 'a.', '', 'js'])('%j is of no known type', (name) => {
    expect(mediaTypeOf(name)).toBe('application/octet-stream')
  })
})
