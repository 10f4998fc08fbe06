import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DocPage } from './doc-page.ts'

const root = resolve(import.meta.dirname, '../..')
const page = new DocPage('twisted.md')

/** Every member of Twisted's classes that the page must go through, private ones and types of errors included. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  LineReceiver: words(`
    delimiter MAX_LENGTH line_mode paused _buffer _busyReceiving dataReceived lineReceived rawDataReceived
    lineLengthExceeded setRawMode setLineMode clearLineBuffer sendLine pauseProducing resumeProducing stopProducing`),
  TimeoutMixin: words(`
    timeOut callLater setTimeout resetTimeout __timedOut timeoutConnection`),
  'Body decoders': words(`
    _IdentityTransferDecoder contentLength dataCallback finishCallback dataReceived noMoreData _DataLoss
    PotentialDataLoss _ChunkedTransferDecoder _chunkExtChars maxChunkSizeLineLength _trailerHeaders
    _maxTrailerHeadersSize _start _MalformedChunkedDataError toChunk fromChunk`),
  Headers: words(`
    Headers(rawHeaders) copy __eq__ __repr__ hasHeader removeHeader getRawHeaders getAllRawHeaders setRawHeaders
    addRawHeader _NameEncoder InvalidHeaderName`),
  HTTPChannel: [
    'HTTPChannel(LineReceiver, TimeoutMixin)',
    ...words(`
      __init__ maxHeaders totalHeadersSize abortTimeout _optimisticEagerReadSize requestFactory requests length
      persistent _handlingRequest _dataBuffer _transferDecoder _receivedHeaderSize _receivedHeaderCount _savedTimeOut
      _networkProducer _requestProducer _requestProducerStreaming _waitingForTransport _abortingCall connectionMade
      dataReceived lineReceived _parseRequestLine headerReceived _maybeChooseTransferDecoder allHeadersReceived
      checkPersistence rawDataReceived _finishRequestBody allContentReceived requestDone timeoutConnection
      forceAbortClient connectionLost writeHeaders write writeSequence getPeer getHost isSecure loseConnection
      registerProducer unregisterProducer stopProducing pauseProducing resumeProducing _send100Continue
      _respondToBadRequestAndDisconnect _protocolUpgradeForWebsockets _GenericHTTPChannelProtocol`),
  ],
  Request: words(`
    gotLength handleContentChunk requestReceived process method uri path args clientproto content requestHeaders
    getHeader getAllHeaders received_cookies getCookie getRequestHostname getUser getPassword setHost getClientAddress
    isSecure setResponseCode responseHeaders setHeader setETag setLastModified redirect addCookie cookies write finish
    notifyFinish code startedWriting finished registerProducer unregisterProducer connectionLost loseConnection
    _cleanup`),
}

function words(text: string): string[] {
  return text.trim().split(/\s+/)
}

interface Row {
  readonly members: string
  readonly ours: string
  readonly verdict: string
  /** Each test as the page cites it: `[file] › title`. */
  readonly tests: readonly string[]
}

/** The rows of the table below a heading. */
function rowsOf(heading: string): Row[] {
  return page.rowsOf(heading).map(([members = '', ours = '', verdict = '', tests = '']) => ({
    members,
    ours,
    verdict,
    tests: tests.split('<br>'),
  }))
}

/** The text in backquotes. */
function codeIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text as string)
}

/** What a cell says after each `package:`, with its package. */
function placesIn(cell: string): { packageName: string; names: string[] }[] {
  return [...cell.matchAll(/([a-z-]+): ([^;]*)/g)].map(([, packageName = '', names = '']) => ({
    packageName,
    names: codeIn(names).flatMap((path) => path.split('.')),
  }))
}

/** Whether the sources of a package speak of all these names. */
function isPlace({ packageName, names }: { packageName: string; names: string[] }): boolean {
  const source = sourceOf(packageName)
  return names.length > 0 && names.every((name) => new RegExp(`\\b${name}\\b`).test(source))
}

/** All sources of a package as one text. */
function sourceOf(packageName: string): string {
  const folder = join(root, 'packages', packageName, 'src')
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n')
}

describe.each(Object.entries(MEMBERS))('docs/twisted.md, %s', (heading, members) => {
  const rows = rowsOf(heading)

  it('goes through every member, and no other', () => {
    expect(rows.flatMap((row) => codeIn(row.members)).sort()).toEqual([...members].sort())
  })

  it.each(rows)('says what became of $members, where it is, and which tests show it', (row) => {
    expect(row.verdict).toMatch(/^(?:kept|changed)/)
    expect(row.tests.filter((test) => !page.isTest(test))).toEqual([])
    expect(placesIn(row.ours).length).toBeGreaterThan(0)
    expect(placesIn(row.ours).filter((place) => !isPlace(place))).toEqual([])
  })
})

describe('docs/twisted.md', () => {
  it('has no link that leads nowhere, and none that nothing uses', () => {
    const tests = Object.keys(MEMBERS).flatMap((heading) => rowsOf(heading).flatMap((row) => row.tests))
    const used = new Set(tests.map((test) => test.split(']')[0]))
    expect(page.definedLinks.sort()).toEqual([...used].sort())
    expect(page.brokenLinks).toEqual([])
  })
})
