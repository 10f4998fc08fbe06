/**
 * The grammar and the decisions of one HTTP/1.1 message, as pure functions: start lines, request-targets, Host, framing,
 * persistence, expectations, upgrades, status codes.
 *
 * @packageDocumentation
 */
export type { Authority } from './authority.ts'
export { MessageError } from './errors.ts'
export type { MessageErrorCode } from './errors.ts'
export { decideExpectation } from './expectation.ts'
export type { Expectation, ExpectationInput } from './expectation.ts'
export { decideRequestFraming, decideResponseFraming } from './framing.ts'
export type { ContentFraming, FramingInput, ResponseFramingInput } from './framing.ts'
export { checkHost, parseHost } from './host.ts'
export type { HostInput } from './host.ts'
export { formatHttpDate, parseHttpDate } from './http-date.ts'
export { findImpossibleByte } from './impossible-byte.ts'
export { decidePersistence } from './persistence.ts'
export type { PersistenceInput } from './persistence.ts'
export { DEFAULT_MAX_METHOD_LENGTH, parseRequestLine, readRequestLine } from './request-line.ts'
export type { RequestLine, RequestLineTarget } from './request-line.ts'
export { parseRequestTarget } from './request-target.ts'
export type {
  AbsoluteForm,
  AsteriskForm,
  AuthorityForm,
  OriginForm,
  RequestTarget,
} from './request-target.ts'
export {
  contentLengthAllowed,
  isInformational,
  reasonPhrase,
  responseBodyAllowed,
  transferEncodingAllowed,
} from './status.ts'
export { formatStatusLine, parseStatusLine } from './status-line.ts'
export type { StatusLine } from './status-line.ts'
export { offeredUpgrades } from './upgrade.ts'
export type { UpgradeInput } from './upgrade.ts'
