/** What every error code means to the caller, to the router and to the dashboards. */
export interface ErrorRule {
  /** HTTP status said to the caller, unless the provider's own refusal is passed on. */
  readonly status: number;
  /** Whose dashboard lights up. */
  readonly blame: 'caller' | 'upstream' | 'gateway';
  /** All that the router reads: give up, ask this target again, or ask only the next one. */
  readonly retry: 'never' | 'same' | 'other';
  /** One sentence for the reference page. */
  readonly meaning: string;
}

/** Every way a turn can fail, in one table. A new row is a new error; a forgotten field doesn't compile. */
export const ERROR_RULES = {
  'key.missing': { status: 401, blame: 'caller', retry: 'never', meaning: 'No API key came with the request.' },
  'key.invalid': {
    status: 401,
    blame: 'caller',
    retry: 'never',
    meaning: 'The API key is unknown, or more than one was sent.',
  },
  'key.forbidden': {
    status: 403,
    blame: 'caller',
    retry: 'never',
    meaning: 'The key is good, but not for this model or route.',
  },
  'key.expired': {
    status: 401,
    blame: 'caller',
    retry: 'never',
    meaning: 'The API key was good once; its time is over.',
  },
  'key.blocked': { status: 401, blame: 'caller', retry: 'never', meaning: 'An admin has blocked the API key.' },
  'limit.rate': {
    status: 429,
    blame: 'caller',
    retry: 'never',
    meaning: 'The key has done as much as it may for now; `retry-after` says until when.',
  },
  'limit.calls': { status: 400, blame: 'caller', retry: 'never', meaning: 'It takes more than `prompting.callsMax`.' },
  'budget.exhausted': {
    status: 429,
    blame: 'caller',
    retry: 'never',
    meaning: 'What is left of the key’s budget can’t pay for the most that the request may cost.',
  },
  'store.failed': {
    status: 503,
    blame: 'gateway',
    retry: 'never',
    meaning: 'What must be written down or read first could not be, so nothing was done.',
  },
  'record.unknown': {
    status: 404,
    blame: 'caller',
    retry: 'never',
    meaning: 'There is no such key, prompt, file or record.',
  },
  'record.full': { status: 409, blame: 'caller', retry: 'never', meaning: 'As many are kept as may be.' },
  'record.taken': { status: 409, blame: 'caller', retry: 'never', meaning: 'The name or the key is in use already.' },
  'request.invalid': {
    status: 400,
    blame: 'caller',
    retry: 'never',
    meaning: 'The request can’t be read; the message names the field.',
  },
  'request.unsupported': {
    status: 400,
    blame: 'caller',
    retry: 'never',
    meaning: 'The target lacks a parameter that was asked for, and `drop_params` is off.',
  },
  'request.too-large': {
    status: 413,
    blame: 'caller',
    retry: 'never',
    meaning: 'The request body is over `server.bodyBytesMax`.',
  },
  'request.media-type': {
    status: 415,
    blame: 'caller',
    retry: 'never',
    meaning: 'The body is compressed or of a kind this route doesn’t take.',
  },
  'request.timeout': {
    status: 408,
    blame: 'caller',
    retry: 'never',
    meaning: 'The caller was too slow in sending its request.',
  },
  'request.cancelled': {
    status: 499,
    blame: 'caller',
    retry: 'never',
    meaning: 'The caller went away before the reply was over.',
  },
  'privacy.unreadable': {
    status: 400,
    blame: 'caller',
    retry: 'never',
    meaning: 'Private data is to be masked, but a part of the request can’t be read (a prompt in tokens).',
  },
  'privacy.failed': {
    status: 500,
    blame: 'gateway',
    retry: 'never',
    meaning: 'Private data could not be masked, so nothing was sent.',
  },
  'guard.blocked': {
    status: 400,
    blame: 'caller',
    retry: 'never',
    meaning: 'A guard objected to the request or to the answer; the message names it.',
  },
  'guard.failed': {
    status: 500,
    blame: 'gateway',
    retry: 'never',
    meaning: 'A guard could not judge, so nothing was let through.',
  },
  'route.unknown': { status: 404, blame: 'caller', retry: 'never', meaning: 'There is no such path.' },
  'route.method': {
    status: 405,
    blame: 'caller',
    retry: 'never',
    meaning: 'The path exists, but not with this method.',
  },
  'model.unknown': {
    status: 404,
    blame: 'caller',
    retry: 'never',
    meaning: 'No provider is configured for this model name.',
  },
  'operation.unsupported': {
    status: 400,
    blame: 'caller',
    retry: 'other',
    meaning: 'The provider of this model doesn’t do this (embeddings, speech …), or not here.',
  },
  'operation.uninspected': {
    status: 403,
    blame: 'caller',
    retry: 'never',
    meaning: 'Private data is to be masked, or a guard to judge, and neither can look into this operation.',
  },
  'operation.unmetered': {
    status: 403,
    blame: 'caller',
    retry: 'never',
    meaning: 'The key has a budget or a list of models, and neither can be held in this operation.',
  },
  'upstream.refused': {
    status: 400,
    blame: 'caller',
    retry: 'never',
    meaning: 'The provider refused the request; its status and message are passed on.',
  },
  'upstream.context-window': {
    status: 400,
    blame: 'caller',
    retry: 'other',
    meaning: 'The prompt is longer than the model’s context window.',
  },
  'upstream.content-policy': {
    status: 400,
    blame: 'caller',
    retry: 'other',
    meaning: 'The provider’s content policy refused the prompt.',
  },
  'upstream.auth': {
    status: 401,
    blame: 'upstream',
    retry: 'other',
    meaning: 'The provider refused the gateway’s own key.',
  },
  'upstream.not-found': {
    status: 404,
    blame: 'caller',
    retry: 'other',
    meaning: 'The provider doesn’t have this model or path.',
  },
  'upstream.rate-limited': {
    status: 429,
    blame: 'upstream',
    retry: 'same',
    meaning: 'The provider’s rate limit is reached; `retry-after` is passed on.',
  },
  'upstream.overloaded': { status: 503, blame: 'upstream', retry: 'same', meaning: 'The provider is overloaded.' },
  'upstream.timeout': {
    status: 504,
    blame: 'upstream',
    retry: 'same',
    meaning: 'One of the upstream timers ran out; the message names it.',
  },
  'upstream.outrun': {
    status: 502,
    blame: 'gateway',
    retry: 'other',
    meaning: 'Another target that was asked beside this one answered first. Stands in records; no caller sees it.',
  },
  'upstream.unreachable': {
    status: 502,
    blame: 'upstream',
    retry: 'same',
    meaning: 'No connection to the provider could be made.',
  },
  'upstream.broke': {
    status: 502,
    blame: 'upstream',
    retry: 'same',
    meaning: 'The provider failed, or cut its reply short.',
  },
  'upstream.bad-response': {
    status: 502,
    blame: 'upstream',
    retry: 'same',
    meaning: 'The provider answered something that isn’t a reply in its own format.',
  },
  'upstream.unavailable': {
    status: 503,
    blame: 'upstream',
    retry: 'other',
    meaning: 'All that could answer failed too often of late and are left alone; `retry-after` says until when.',
  },
  'tool.unknown': {
    status: 404,
    blame: 'caller',
    retry: 'never',
    meaning: 'There is no such tool, or it is switched off.',
  },
  'tool.rejected': {
    status: 400,
    blame: 'caller',
    retry: 'never',
    meaning: 'The tool can’t do what was asked; the message says why.',
  },
  'tool.unconfigured': {
    status: 503,
    blame: 'gateway',
    retry: 'never',
    meaning: 'The tool needs a setting that the operator hasn’t made; the message names it.',
  },
  'tool.failed': {
    status: 502,
    blame: 'upstream',
    retry: 'never',
    meaning: 'The service behind a tool failed, or took too long.',
  },
  'tool.unfinished': {
    status: 502,
    blame: 'upstream',
    retry: 'never',
    meaning: 'An agent’s model came to no end within the agent’s limits; the message names the limit.',
  },
  'prompting.unconfigured': {
    status: 503,
    blame: 'gateway',
    retry: 'never',
    meaning: 'No model is named for work on prompts: neither by `prompting.model` nor by the request.',
  },
  'prompting.unusable': {
    status: 502,
    blame: 'upstream',
    retry: 'never',
    meaning: 'The model’s answers didn’t have the form that was asked for, also after it was told what is wrong.',
  },
  'pattern.unknown': { status: 404, blame: 'caller', retry: 'never', meaning: 'No keyword pattern has this name.' },
  'pattern.exists': {
    status: 409,
    blame: 'caller',
    retry: 'never',
    meaning: 'A keyword pattern of this name is there already; change that one.',
  },
  'gateway.overloaded': {
    status: 503,
    blame: 'gateway',
    retry: 'never',
    meaning: 'As many turns as may be are under way, and as many wait; `retry-after` says when to try again.',
  },
  'gateway.stopping': { status: 503, blame: 'gateway', retry: 'never', meaning: 'The gateway is shutting down.' },
  'gateway.bug': {
    status: 500,
    blame: 'gateway',
    retry: 'never',
    meaning: 'A fault of the gateway; the request id finds the details in its log.',
  },
} as const satisfies Record<string, ErrorRule>;

/** A stable, dotted name for one kind of failure. */
export type ErrorCode = keyof typeof ERROR_RULES;
