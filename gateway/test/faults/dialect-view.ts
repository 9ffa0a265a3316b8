/** A client API as these tests see it: how to ask, and how to tell from the bytes what was said. */
export interface DialectView {
  readonly id: 'openai' | 'anthropic' | 'responses' | 'gemini';
  /** What the names of models that are served in this dialect begin with. */
  readonly prefix: string;
  readonly path: string;
  /** Where the path says the model. */
  readonly pathOf?: (model: string, stream: boolean) => string;
  readonly headers: (key: string) => Readonly<Record<string, string>>;
  readonly body: (model: string, stream: boolean, prompt: string) => Readonly<Record<string, unknown>>;
  readonly textOf: (reply: unknown) => string;
  readonly textOfEvent: (event: SseEvent) => string;
  /** A word that tells a client the reply is whole. */
  readonly saysEnd: (event: SseEvent) => boolean;
  /** The error's message, when the event is one in this dialect's own shape. */
  readonly errorOf: (event: SseEvent) => string | undefined;
  /** The same for a body. */
  readonly errorOfBody: (body: unknown) => string | undefined;
}

/** One event of a stream. `json` is undefined where the data is none. */
export interface SseEvent {
  readonly event: string | undefined;
  readonly data: string;
  readonly json: unknown;
}

/** OpenAI's chat API. */
export const openai: DialectView = {
  id: 'openai',
  prefix: 'o/',
  path: '/v1/chat/completions',
  headers: (key) => ({ authorization: `Bearer ${key}` }),
  body: (model, stream, prompt) => ({ model, stream, messages: [{ role: 'user', content: prompt }] }),
  textOf: (reply) => textAt(reply, ['choices', 0, 'message', 'content']),
  textOfEvent: ({ json }) => textAt(json, ['choices', 0, 'delta', 'content']),
  saysEnd: ({ data, json }) => data === '[DONE]' || typeof at(json, ['choices', 0, 'finish_reason']) === 'string',
  errorOf: ({ event, json }) => (event === undefined ? openaiError(json) : undefined),
  errorOfBody: openaiError,
};

/** Anthropic's Messages API. */
export const anthropic: DialectView = {
  id: 'anthropic',
  prefix: 'a/',
  path: '/v1/messages',
  headers: (key) => ({ 'x-api-key': key, 'anthropic-version': '2023-06-01' }),
  body: (model, stream, prompt) => ({ model, stream, max_tokens: 1000, messages: [{ role: 'user', content: prompt }] }),
  textOf: (reply) => textAt(reply, ['content', 0, 'text']),
  textOfEvent: ({ json }) => textAt(json, ['delta', 'text']),
  saysEnd: ({ event, json }) => event === 'message_stop' || typeof at(json, ['delta', 'stop_reason']) === 'string',
  errorOf: ({ event, json }) => (event === 'error' ? anthropicError(json) : undefined),
  errorOfBody: anthropicError,
};

/** OpenAI's Responses API. */
export const responses: DialectView = {
  id: 'responses',
  prefix: 'o/',
  path: '/v1/responses',
  headers: (key) => ({ authorization: `Bearer ${key}` }),
  body: (model, stream, prompt) => ({ model, stream, input: prompt, store: false }),
  textOf: (reply) => {
    const output = at(reply, ['output']);
    const message = Array.isArray(output) ? output.find((item) => at(item, ['type']) === 'message') : undefined;
    return textAt(message, ['content', 0, 'text']);
  },
  textOfEvent: ({ event, json }) => (event === 'response.output_text.delta' ? textAt(json, ['delta']) : ''),
  saysEnd: ({ event }) => event === 'response.completed' || event === 'response.incomplete',
  errorOf: ({ event, json }) =>
    event === 'response.failed' ? textAt(json, ['response', 'error', 'message']) || undefined : undefined,
  errorOfBody: openaiError,
};

/** Gemini's API. */
export const gemini: DialectView = {
  id: 'gemini',
  prefix: 'g/',
  path: '/v1beta/models',
  pathOf: (model, stream) =>
    `/v1beta/models/${encodeURIComponent(model)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
  headers: (key) => ({ 'x-goog-api-key': key }),
  body: (_model, _stream, prompt) => ({ contents: [{ role: 'user', parts: [{ text: prompt }] }] }),
  textOf: (reply) => textAt(reply, ['candidates', 0, 'content', 'parts', 0, 'text']),
  textOfEvent: ({ json }) => textAt(json, ['candidates', 0, 'content', 'parts', 0, 'text']),
  saysEnd: ({ json }) => typeof at(json, ['candidates', 0, 'finishReason']) === 'string',
  errorOf: ({ json }) => geminiError(json),
  errorOfBody: geminiError,
};

/** A provider as these tests see it: its wire, and what the names of models that it serves begin with. */
export interface ProviderView {
  readonly id: DialectView['id'] | 'bedrock' | 'cohere' | 'ollama';
  readonly prefix: string;
}

/** Providers whose wires no caller of these tests speaks: Amazon's messages, Cohere's events, and lines of JSON. */
export const OTHER_PROVIDERS: readonly ProviderView[] = [
  { id: 'bedrock', prefix: 'b/' },
  { id: 'cohere', prefix: 'c/' },
  { id: 'ollama', prefix: 'l/' },
];

/** The two client APIs that everything is tried with. */
export const DIALECTS: readonly DialectView[] = [openai, anthropic];

/** Every client API. */
export const ALL_DIALECTS: readonly DialectView[] = [openai, anthropic, responses, gemini];

/** Cuts a stream into its events; a last piece without its blank line counts too, as a careless client would take it. */
export function eventsOf(text: string): readonly SseEvent[] {
  const blocks = text.replace(/\r\n?/g, '\n').split('\n\n');
  return blocks.flatMap((block) => {
    const lines = block.split('\n');
    const field = (name: string): string[] =>
      lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).replace(/^ /, ''));
    const data = field('data').join('\n');
    const event = field('event').at(-1);
    return data === '' && event === undefined ? [] : [{ event, data, json: parsed(data) }];
  });
}

/** JSON, or undefined where the text is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** What stands at a path inside a value. */
export function at(value: unknown, path: readonly (string | number)[]): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = (here as Readonly<Record<string | number, unknown>>)[step];
  }
  return here;
}

function textAt(value: unknown, path: readonly (string | number)[]): string {
  const text = at(value, path);
  return typeof text === 'string' ? text : '';
}

function openaiError(body: unknown): string | undefined {
  const message = at(body, ['error', 'message']);
  const whole = typeof at(body, ['error', 'type']) === 'string' && at(body, ['error', 'code']) !== undefined;
  return typeof message === 'string' && message !== '' && whole ? message : undefined;
}

function geminiError(body: unknown): string | undefined {
  const message = at(body, ['error', 'message']);
  const isWhole = typeof at(body, ['error', 'code']) === 'number' && typeof at(body, ['error', 'status']) === 'string';
  return typeof message === 'string' && message !== '' && isWhole ? message : undefined;
}

function anthropicError(body: unknown): string | undefined {
  const message = at(body, ['error', 'message']);
  const type = at(body, ['error', 'type']);
  const whole = at(body, ['type']) === 'error' && typeof type === 'string' && /^[a-z]+(_[a-z]+)*$/.test(type);
  return typeof message === 'string' && message !== '' && whole ? message : undefined;
}
