import type { ChatRequest, Message, Part, Tool } from '../../../src/model/request.ts';

/** Something that a caller may ask for: how, and what of a request says it. */
export interface RequestFeature {
  readonly name: string;
  readonly request: ChatRequest;
  /** The same without it; absent means that it asks for nothing special. */
  readonly base?: ChatRequest;
  readonly said: (request: ChatRequest) => unknown;
}

/** A group of features, a heading each. */
export interface FeatureGroup<Feature> {
  readonly title: string;
  readonly features: readonly Feature[];
}

const HELLO: Message = { role: 'user', content: [{ type: 'text', text: 'Hello' }] };

/** A request that asks for nothing special. */
export const PLAIN: ChatRequest = {
  model: 'a-model',
  messages: [HELLO],
  stream: false,
  usageWanted: false,
  maxOutputTokens: 2000,
};

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const PDF = 'JVBERi0xLjQKJSVFT0YK';
const SOUND = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEA';
const TOOL: Tool = {
  type: 'function',
  name: 'look',
  description: 'Looks.',
  parameters: { type: 'object', properties: {} },
};

/** A field of the request itself; `besides` is what it makes sense with only. */
function field<Name extends keyof ChatRequest>(
  name: string,
  key: Name,
  value: ChatRequest[Name],
  besides: Partial<ChatRequest> = {},
): RequestFeature {
  return {
    name,
    request: { ...PLAIN, ...besides, [key]: value },
    base: { ...PLAIN, ...besides },
    said: (request) => request[key],
  };
}

/** A part of what the user says. */
function part(name: string, of: Part, said: (found: Part | undefined) => unknown = (found) => found): RequestFeature {
  const request = { ...PLAIN, messages: [{ ...HELLO, content: [...HELLO.content, of] }] };
  return { name, request, said: (read) => said(partsOf(read).find(({ type }) => type === of.type)) };
}

/** A turn of the model's before the last question, or of a tool's. */
function earlier(name: string, type: Part['type'], messages: readonly Message[]): RequestFeature {
  const request = { ...PLAIN, tools: [TOOL], messages: [HELLO, ...messages, HELLO] };
  return { name, request, said: (read) => partsOf(read).filter((found) => found.type === type) };
}

const partsOf = ({ messages }: ChatRequest): readonly Part[] => messages.flatMap(({ content }) => content);
const CALL: Part = { type: 'tool-call', id: 'call_1', name: 'look', input: '{"at":"it"}' };
const asked = (...content: readonly Part[]): Message => ({ role: 'assistant', content });
const answered = (content: readonly Part[], isError = false): readonly Message[] => [
  asked(CALL),
  {
    role: 'tool',
    content: [{ type: 'tool-result', callId: 'call_1', content, ...(isError ? { isError } : {}) }],
  },
];
const words = (text: string): Part => ({ type: 'text', text });
const picture: Part = { type: 'image', source: { kind: 'data', mediaType: 'image/png', data: PIXEL } };
const roles = ({ messages }: ChatRequest) => messages.map(({ role }) => role);
const speech = (role: Message['role']): RequestFeature['request'] => ({
  ...PLAIN,
  messages: [{ role, content: [words('Be brief.')] }, HELLO],
});
const hinted = (ttl?: '1h'): Part => ({ ...words('Long text'), cacheHint: ttl ? { ttl } : {} });
const withTools = { tools: [TOOL] };

/** All that a caller may ask for, in the order of the page. */
export const REQUEST_FEATURES: readonly FeatureGroup<RequestFeature>[] = [
  {
    title: 'Texts and media',
    features: [
      { name: 'system prompt', request: speech('system'), said: roles },
      { name: 'developer prompt', request: speech('developer'), said: roles },
      {
        name: 'name of a speaker',
        request: { ...PLAIN, messages: [{ ...HELLO, name: 'ada' }] },
        said: ({ messages }) => messages.map((message) => message.name),
      },
      part('picture by address', { type: 'image', source: { kind: 'url', url: 'https://a.example/b.png' } }),
      part('picture as data', picture),
      part(
        'how closely to look at a picture',
        { ...picture, detail: 'low' } as Part,
        (found) => found?.type === 'image' && found.detail,
      ),
      part('picture by file id', { type: 'image', source: { kind: 'file-id', id: 'file-1' } }),
      part('PDF as data', {
        type: 'file',
        name: 'a.pdf',
        source: { kind: 'data', mediaType: 'application/pdf', data: PDF },
      }),
      part('PDF by address', { type: 'file', source: { kind: 'url', url: 'https://a.example/b.pdf' } }),
      part('file by its id', { type: 'file', source: { kind: 'file-id', id: 'file-1' } }),
      part('document in plain text', { type: 'file', source: { kind: 'text', text: 'A document' } }),
      part('document to be cited', { type: 'file', citable: true, source: { kind: 'text', text: 'A document' } }),
      part('sound as data', { type: 'audio', source: { kind: 'data', mediaType: 'audio/wav', data: SOUND } }),
    ],
  },
  {
    title: 'Tools',
    features: [
      field('functions', 'tools', [TOOL]),
      field('strict arguments', 'tools', [{ ...TOOL, strict: true }]),
      field('a tool must be used', 'toolChoice', { type: 'required' }, withTools),
      field('a certain tool must be used', 'toolChoice', { type: 'tool', name: 'look' }, withTools),
      field('no tool may be used', 'toolChoice', { type: 'none' }, withTools),
      field('one call at a time', 'parallelToolCalls', false, withTools),
      earlier('earlier call', 'tool-call', answered([words('Seen')])),
      earlier('earlier call with free text', 'tool-call', [
        asked({ type: 'tool-call', id: 'call_1', name: 'look', input: 'at it', freeform: true }),
        { role: 'tool', content: [{ type: 'tool-result', callId: 'call_1', content: [words('Seen')] }] },
      ]),
      earlier('result', 'tool-result', answered([words('Seen')])),
      earlier('result with a picture', 'tool-result', answered([words('Seen'), picture])),
      earlier('result that is an error', 'tool-result', answered([words('Blind')], true)),
    ],
  },
  {
    title: 'Reasoning and earlier answers',
    features: [
      field('reasoning effort', 'reasoning', { effort: 'high' }),
      field('reasoning budget', 'reasoning', { budgetTokens: 1024 }),
      field('no reasoning', 'reasoning', { budgetTokens: 0 }),
      field('as much reasoning as fits', 'reasoning', { adaptive: true }),
      earlier('earlier reasoning', 'reasoning', [asked({ type: 'reasoning', text: 'Hm' }, words('Yes'))]),
      earlier('signed reasoning', 'reasoning', [
        asked({ type: 'reasoning', text: 'Hm', signature: 'c2ln' }, words('Yes')),
      ]),
      earlier('encrypted reasoning', 'reasoning', [
        asked({ type: 'reasoning', text: '', redacted: 'ZW5j' }, words('Yes')),
      ]),
      earlier('earlier refusal', 'refusal', [asked({ type: 'refusal', text: 'No' })]),
      earlier('earlier citations', 'text', [
        asked({ ...words('Said'), citations: [{ url: 'https://a.example/', title: 'A', citedText: 'Said' }] } as Part),
      ]),
    ],
  },
  {
    title: 'The answer',
    features: [
      field('JSON', 'output', { type: 'json' }),
      field('JSON of a schema', 'output', {
        type: 'json-schema',
        name: 'point',
        schema: { type: 'object', properties: { x: { type: 'number' } }, required: ['x'], additionalProperties: false },
        strict: true,
      }),
      field('most tokens', 'maxOutputTokens', 77),
      field('stop sequences', 'stop', ['END', 'STOP']),
      field('several answers (`n`)', 'choiceCount', 2),
      field('`logprobs`', 'logprobs', 2),
      field('stream', 'stream', true),
    ],
  },
  {
    title: 'Sampling',
    features: [
      field('`temperature`', 'temperature', 0.3),
      field('`top_p`', 'topP', 0.4),
      field('`top_k`', 'topK', 5),
      field('presence penalty', 'presencePenalty', 0.6),
      field('frequency penalty', 'frequencyPenalty', 0.7),
      field('`seed`', 'seed', 8),
      field('logit bias', 'logitBias', { 50256: -100 }),
    ],
  },
  {
    title: 'Around it',
    features: [
      part('cache up to here', hinted(), cacheHints),
      part('cache up to here for an hour', hinted('1h'), cacheHints),
      field('service tier', 'serviceTier', 'auto'),
      field('end user', 'endUser', 'user-9'),
    ],
  },
];

function cacheHints(found: Part | undefined): unknown {
  return found?.cacheHint;
}
