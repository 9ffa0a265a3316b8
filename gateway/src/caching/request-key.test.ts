import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ask, turn } from '../../test/support.ts';
import type { DialectId } from '../model/request.ts';
import type { Turn } from '../model/turn.ts';
import { canonicalRequest } from './canonical-request.ts';
import { type KeyGround, requestKey } from './request-key.ts';

type Body = Readonly<Record<string, unknown>>;

const GROUND: KeyGround = { scope: 'key', models: 'm1', forwards: ['anthropic-beta'] };

const keyOf = (of: Turn, ground: KeyGround = GROUND) =>
  requestKey(of, ground, canonicalRequest(of.ask.look(), of.dialect));
const chat = (body: Body, dialect: DialectId = 'openai-chat', more: Partial<Turn> = {}) =>
  turn({ ask: ask(body, dialect), dialect, ...more });

/** One request in all the ways that lead to another answer. A field is the index of its value. */
interface Wanted {
  readonly key: number;
  readonly model: number;
  readonly system: number;
  readonly history: number;
  readonly words: number;
  readonly tools: number;
  readonly format: number;
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number;
  readonly max: number;
  readonly stop: number;
  readonly user: number;
  readonly effort: number;
  readonly strange: number;
  readonly namespace: number;
  readonly header: number;
  readonly fallback: number;
  readonly ground: number;
}

const VALUES = 4;
const FIELDS: readonly (keyof Wanted)[] = [
  ...(['key', 'model', 'system', 'history', 'words', 'tools', 'format', 'temperature', 'topP', 'seed'] as const),
  ...(['max', 'stop', 'user', 'effort', 'strange', 'namespace', 'header', 'fallback', 'ground'] as const),
];
const wanted = fc.record(
  Object.fromEntries(FIELDS.map((field) => [field, fc.nat(VALUES - 1)])) as Record<keyof Wanted, fc.Arbitrary<number>>,
);

const NOTHING = {};
const pick = <T>(values: readonly T[], at: number): T => values[at % values.length] as T;
const field = (name: string, values: readonly unknown[], at: number): object =>
  at === 0 ? NOTHING : { [name]: pick(values, at) };

const TOOLS = [
  { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: { stream: {} } } } },
  { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: { spelling: {} } } } },
];
const FORMATS = [
  { type: 'json_object' },
  { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object', cacheHint: 1 } } },
  { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object', cacheHint: 2 } } },
];
const SAID = ['What is 1+1', 'What is 1+2', 'What is not 1+1', 'What was 1+1'];

function bodyOf(of: Wanted): Body {
  const history = [[], ['Hi', 'Hello'], ['Hi', 'Hello.'], ['Hi ', 'Hello']][of.history] ?? [];
  return {
    model: `model-${of.model}`,
    messages: [
      ...(of.system === 0
        ? []
        : [{ role: 'system', content: pick(['Be', 'Be brief', 'Be brief.', 'Be '], of.system) }]),
      ...history.map((content, at) => ({ role: at % 2 === 0 ? 'user' : 'assistant', content })),
      { role: 'user', content: pick(SAID, of.words) },
    ],
    ...field('tools', [[], TOOLS.slice(0, 1), TOOLS.slice(1), TOOLS], of.tools),
    ...field('response_format', FORMATS, of.format),
    ...field('temperature', [0, 0.1, 0.2, 1], of.temperature),
    ...field('top_p', [0, 0.1, 0.9, 1], of.topP),
    ...field('seed', [0, 1, 2, 3], of.seed),
    ...field('max_tokens', [0, 1, 2, 30], of.max),
    ...field('stop', [[], ['a'], ['a', 'b'], ['b', 'a']], of.stop),
    ...field('user', ['', 'a', 'b', 'ab'], of.user),
    ...field('reasoning_effort', ['', 'low', 'high', 'none'], of.effort),
    ...field('brand_new', [null, { stream: true }, { stream: false }, 1], of.strange),
  };
}

function keyFor(of: Wanted): string | undefined {
  const { key, namespace, header, fallback, ground } = of;
  const asked = chat(bodyOf(of), 'openai-chat', {
    caller: { keyId: `key-${key}`, role: 'basic' },
    headers: field('anthropic-beta', ['', 'a', 'b', 'a,b'], header) as Turn['headers'],
    switches: {
      ...(namespace === 0 ? NOTHING : { cache: { namespace: `n${namespace}` } }),
      ...(fallback === 0 ? NOTHING : { fallbacks: [`other-${fallback}`] }),
    },
  });
  return keyOf(asked, { ...GROUND, models: `m${ground}` });
}

describe('another request', () => {
  test('has another key: 10,000 pairs that differ in one thing', () => {
    const pair = fc
      .tuple(wanted, fc.constantFrom(...FIELDS), fc.integer({ min: 1, max: VALUES - 1 }))
      .map(([one, name, by]) => [one, { ...one, [name]: (one[name] + by) % VALUES }] as const);
    fc.assert(
      fc.property(pair, ([one, other]) => keyFor(one) !== keyFor(other)),
      { numRuns: 10_000 },
    );
  }, 60_000);

  test('has another key: all of 10,000 at random', () => {
    const keys = new Map<string | undefined, string>();
    for (const one of fc.sample(wanted, 10_000)) {
      const said = JSON.stringify(one);
      const key = keyFor(one);
      expect(keys.get(key) ?? said).toBe(said);
      keys.set(key, said);
    }
    expect(keys.size).toBeGreaterThan(9000);
  }, 60_000);

  const hello = { messages: [{ role: 'user', content: 'Hello' }] };
  test.each<[string, Turn, Turn]>([
    ['a text to go on with', chat(hello), chat({ prompt: 'Hello', messages: undefined }, 'openai-completions')],
    [
      'white space that a text goes on from',
      chat({ prompt: 'A', messages: undefined }, 'openai-completions'),
      chat({ prompt: 'A ', messages: undefined }, 'openai-completions'),
    ],
    ['half a character', chat({ ...hello, user: '\ud800' }), chat({ ...hello, user: '\ud801' })],
    ['a text that looks like two', chat({ ...hello, stop: ['a","b'] }), chat({ ...hello, stop: ['a', 'b'] })],
    ['no tools and none named', chat({ ...hello, tools: [] }), chat(hello)],
    [
      'an unknown field of another dialect',
      chat({ ...hello, x: 1 }),
      chat({ ...hello, x: 1, max_tokens: 5 }, 'anthropic-messages'),
    ],
  ])('is one with %s', (_, one, other) => expect(keyOf(one)).not.toBe(keyOf(other)));

  test('can’t be told where numbers have lost digits, so there is no key', () => {
    expect(keyOf(chat({ seed: 2 ** 53 }))).toBeUndefined();
    expect(keyOf(chat({ x: { y: [2 ** 60] } }))).toBeUndefined();
    expect(keyOf(chat({ seed: 2 ** 53 - 1 }))).toBeDefined();
  });
});

describe('the same request', () => {
  const user = (content: unknown): Body => ({ messages: [{ role: 'user', content }] });
  const anthropic = (body: Body) => chat({ max_tokens: 9, ...body }, 'anthropic-messages');

  test.each<[string, Turn, Turn]>([
    ['streamed', chat(user('Hi')), chat({ ...user('Hi'), stream: true, stream_options: { include_usage: true } })],
    ['as a list of one text', chat(user('Hi')), chat(user([{ type: 'text', text: 'Hi' }]))],
    ['with its fields in another order', chat({ seed: 1, x: { a: 1, b: 2 } }), chat({ x: { b: 2, a: 1 }, seed: 1 })],
    [
      'with a wish for the provider’s cache',
      chat(user([{ type: 'text', text: 'Hi' }])),
      chat(user([{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } }])),
    ],
    ['with the newer name of a limit', chat({ max_tokens: 9 }), chat({ max_completion_tokens: 9 })],
    ['in another dialect', chat({ max_tokens: 9, ...user('Hi') }), anthropic(user('Hi'))],
    [
      'with a system prompt, in another dialect',
      chat({
        max_tokens: 9,
        messages: [
          { role: 'system', content: 'Be' },
          { role: 'user', content: 'Hi' },
        ],
      }),
      anthropic({ system: 'Be', ...user('Hi') }),
    ],
    ['with white space around what the user says', chat(user('Hi there')), chat(user(' Hi  there\n'))],
    ['with other tags', chat(user('Hi')), chat(user('Hi'), 'openai-chat', { switches: { tags: ['a'], timeoutMs: 5 } })],
    [
      'with a header that no provider gets',
      chat(user('Hi')),
      chat(user('Hi'), 'openai-chat', { headers: { 'x-y': 'z' } }),
    ],
  ])('%s has the same key', (_, one, other) => {
    expect(keyOf(one)).toBeDefined();
    expect(keyOf(one)).toBe(keyOf(other));
  });

  test('has the same key for everybody, where everybody shares', () => {
    const others = { caller: { keyId: 'other', role: 'admin' } } as const;
    const shared: KeyGround = { ...GROUND, scope: 'everyone' };
    expect(keyOf(chat({}), shared)).toBe(keyOf(chat({}, 'openai-chat', others), shared));
    expect(keyOf(chat({}))).not.toBe(keyOf(chat({}, 'openai-chat', others)));
  });
});

test('white space in the system prompt and in the history is no other’s business', () => {
  const with_ = (system: string, said: string) =>
    chat({
      messages: [
        { role: 'system', content: system },
        { role: 'user', content: said },
        { role: 'assistant', content: 'b' },
        { role: 'user', content: 'c' },
      ],
    });
  expect(new Set([with_('a', 'a'), with_('a ', 'a'), with_('a', 'a ')].map((of) => keyOf(of))).size).toBe(3);
});
