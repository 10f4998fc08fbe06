/** The deadlines besides the keep-alive one, which is the mixin's. */
export type DeadlineName =
  | 'header'
  | 'body-idle'
  | 'body-rate'
  | 'body'
  | 'handler'
  | 'write'
  | 'send-rate'
  | 'close'
  | 'linger'
  | 'drain'
  | 'drain-total'
