/** What a measurement may tell. */
export type FigureName =
  | 'requestsPerSecond'
  | 'userMicroseconds'
  | 'systemMicroseconds'
  | 'late'
  | 'megabytesPerSecond'
  | 'cpuNanosecondsPerOctet'
  | 'grownMegabytes'
  | 'peakMegabytes'
  | 'nanoseconds'
  | 'nanosecondsPerOctet'
  | 'gigabytesPerSecond'
  | 'rateKept'
  | 'costGrowth'
  | 'octetsOfConnection'
  | 'milliseconds'
  | 'octets'
  | 'octetsZipped'

/** How each is shown. */
export const FIGURES: Readonly<Record<FigureName, { readonly label: string; readonly digits: number }>> = {
  requestsPerSecond: { label: 'req/s', digits: 0 },
  userMicroseconds: { label: 'user µs', digits: 2 },
  systemMicroseconds: { label: 'sys µs', digits: 2 },
  late: { label: 'late', digits: 0 },
  megabytesPerSecond: { label: 'MB/s', digits: 0 },
  cpuNanosecondsPerOctet: { label: 'CPU ns/octet', digits: 3 },
  grownMegabytes: { label: 'grown MB', digits: 1 },
  peakMegabytes: { label: 'peak MB', digits: 1 },
  nanoseconds: { label: 'ns', digits: 0 },
  nanosecondsPerOctet: { label: 'ns/octet', digits: 3 },
  gigabytesPerSecond: { label: 'GB/s', digits: 2 },
  rateKept: { label: 'rate kept', digits: 3 },
  costGrowth: { label: 'cost growth', digits: 3 },
  octetsOfConnection: { label: 'octets', digits: 0 },
  milliseconds: { label: 'ms', digits: 1 },
  octets: { label: 'octets', digits: 0 },
  octetsZipped: { label: 'gzip', digits: 0 },
}

/** What one measurement found. The first figure is the one that tables compare. */
export type Figures = Readonly<Partial<Record<FigureName, number>>>

/** A figure as text, with thousands apart. */
export function formatFigure(name: FigureName, value: number): string {
  const { digits } = FIGURES[name]
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
