import { describe, expect, test } from 'vitest';
import { logOf, LOG_KINDS } from '../benching/corpus/logs.ts';
import { seeded } from '../benching/corpus/seeded.ts';
import { TOOL_KINDS, toolJson } from '../benching/corpus/tool-json.ts';
import { compressors } from '../compressors/index.ts';
import type { ChatRequest, Message, Part } from '../model/request.ts';
import { blocksOf } from './blocks.ts';
import type { Counter } from './encode-block.ts';
import { REPEATED, referredText } from './repeated-blocks.ts';
import { type SavingOrder, TokenSaver } from './save-tokens.ts';

/** Counts a token for every four characters: what is worth it here is what is shorter. */
const counter: Counter = { isExact: true, tokenizer: 'quarter', count: (text) => Math.ceil(text.length / 4) };
const order: SavingOrder = { mode: 'lossless', codecs: [...compressors.map(({ id }) => id), REPEATED], owner: 'key-1' };
const JSON_TEXT = toolJson(TOOL_KINDS['orders'] ?? [() => [], 0], seeded(1), 30);
const LOG_TEXT = logOf(LOG_KINDS['hdfs'] ?? (() => ''), seeded(1), 60);

function result(text: string, id = 'c1', more: Partial<Part> = {}): Message {
  return {
    role: 'tool',
    content: [{ ...more, type: 'tool-result', callId: id, content: [{ type: 'text', text }] } as Part],
  };
}
const said = (role: Message['role'], text: string): Message => ({ role, content: [{ type: 'text', text }] });
const called = (name: string, id = 'c1'): Message => ({
  role: 'assistant',
  content: [{ type: 'tool-call', id, name, input: '{}' }],
});
const asked = (...messages: readonly Message[]): ChatRequest => ({
  model: 'gpt-4o',
  messages,
  stream: false,
  usageWanted: false,
});

function save(request: ChatRequest, changes: Partial<SavingOrder> = {}, saver = new TokenSaver(compressors)) {
  return saver.save(request, counter, { ...order, ...changes });
}
const textsOf = ({ messages }: ChatRequest): readonly string[] =>
  messages.flatMap(({ content }) =>
    content.flatMap((part) =>
      (part.type === 'tool-result' ? part.content : [part]).flatMap((piece) =>
        piece.type === 'text' ? piece.text : [],
      ),
    ),
  );

describe('what is said in fewer tokens', () => {
  test('what tools answered, as a table or by its templates', () => {
    const { request, savings } = save(
      asked(said('user', 'go'), called('list'), result(JSON_TEXT), called('log', 'c2'), result(LOG_TEXT, 'c2')),
    );
    expect(savings.blocks.map(({ name, codec }) => [name, codec])).toEqual([
      ['tool result 1 (list)', 'json-table-affix'],
      ['tool result 2 (log)', 'log-template'],
    ]);
    expect(savings.tokensAfter).toBeLessThan(savings.tokensBefore * 0.6);
    expect(request && textsOf(request)[1]).toMatch(/^\[JSON/);
  });

  test('a long text of the user that is JSON', () => {
    expect(save(asked(said('user', JSON_TEXT))).savings.blocks).toHaveLength(1);
  });

  test('a block that came before, to the letter, becomes a line that says so', () => {
    const read = (id: string) => [called('read_file', id), result(`Some text.\n${'word '.repeat(200)}`, id)];
    const before = asked(...read('c1'), ...read('c2'));
    const { request, savings } = save(before);
    expect(savings.blocks.map(({ codec }) => codec)).toEqual(['repeated-block']);
    const [, reference = ''] = request ? textsOf(request) : [];
    expect(reference).toBe(
      '[The same text as tool result 1 (read_file) above, every character, which begins: Some text.]',
    );
    expect(referredText(reference, blocksOf(before))).toBe(textsOf(before)[1]);
  });
});

describe('what is never touched', () => {
  test.each<[string, Message]>([
    ['instructions', said('system', JSON_TEXT)],
    ['a developer’s instructions', said('developer', JSON_TEXT)],
    ['what the model said', said('assistant', JSON_TEXT)],
    [
      'what the model called',
      { role: 'assistant', content: [{ type: 'tool-call', id: 'c', name: 'f', input: JSON_TEXT }] },
    ],
    [
      'what the model thought',
      { role: 'assistant', content: [{ type: 'reasoning', text: JSON_TEXT, signature: 's' }] },
    ],
    ['a document', { role: 'user', content: [{ type: 'file', source: { kind: 'text', text: JSON_TEXT } }] }],
    ['a short text of the user', said('user', JSON.stringify([{ a: 1 }, { a: 1 }, { a: 1 }], null, 8))],
    ['fenced code', result(`\`\`\`json\n${JSON_TEXT}\n\`\`\``)],
    ['a difference of files', result(`--- a/log\n+++ b/log\n@@ -1,2 +1,2 @@\n${LOG_TEXT}`)],
    ['what the caller marked', result(`<nocompress>${LOG_TEXT}</nocompress>`)],
    ['prose', result('It was the best of times. '.repeat(100))],
    [
      'a part of a kind nobody knows',
      { role: 'user', content: [{ type: 'native', dialect: 'openai-chat', value: { text: JSON_TEXT } }] },
    ],
  ])('%s', (_, message) => {
    expect(save(asked(message))).toMatchObject({ edits: [], savings: { blocks: [] } });
  });

  test('a block that is longer than others can wait for', () => {
    const long = JSON.stringify(Array.from({ length: 30_000 }, (_, id) => ({ id, name: 'the same for all' })));
    expect(save(asked(result(long))).savings.blocks).toEqual([]);
  });
});

describe('what the caller wants cached', () => {
  const wish = { cacheHint: { ttl: '5m' as const } };

  test.each<[string, Message]>([
    ['a part', { role: 'user', content: [{ type: 'text', text: 'go on', ...wish }] }],
    ['a tool’s result', result('ok', 'c9', wish)],
    [
      'a part in another form',
      {
        role: 'user',
        content: [
          { type: 'text', text: 'go on', extra: { dialect: 'openai-chat', fields: { cache_control: { odd: 1 } } } },
        ],
      },
    ],
  ])('stays as it is up to %s with the wish', (_, last) => {
    const { request, savings } = save(asked(result(JSON_TEXT), last));
    expect([request, savings.cachedBlocks]).toEqual([undefined, 1]);
  });

  test('is all of it where the caller says no place', () => {
    const request = {
      ...asked(result(JSON_TEXT)),
      extra: { dialect: 'anthropic-messages' as const, fields: { cache_control: {} } },
    };
    expect(save(request).edits).toEqual([]);
  });

  test('is shortened again where it went out so before the wish came', () => {
    const saver = new TokenSaver(compressors);
    const [first] = textsOf(save(asked(result(JSON_TEXT)), {}, saver).request ?? asked());
    const marked = asked(result(JSON_TEXT), { role: 'user', content: [{ type: 'text', text: 'on', ...wish }] });
    expect(textsOf(save(marked, {}, saver).request ?? asked())[0]).toBe(first);
    expect(save(marked, { owner: 'key-2' }, saver).request).toBeUndefined();
  });

  test('what stands behind the wish is new and may be shortened', () => {
    const marked = asked({ role: 'user', content: [{ type: 'text', text: 'go', ...wish }] }, result(JSON_TEXT));
    expect(save(marked).edits).toHaveLength(1);
  });
});

test('a conversation that grows keeps its beginning, in this process and in another', () => {
  const rounds = Array.from({ length: 6 }, (_, at) => {
    const text = at % 3 === 2 ? JSON_TEXT : logOf(LOG_KINDS['spark'] ?? (() => ''), seeded(at), 40);
    return [called('f', `c${at}`), result(text, `c${at}`)];
  });
  const saver = new TokenSaver(compressors);
  let before: readonly Message[] = [];
  for (let turns = 1; turns <= rounds.length; turns += 1) {
    const request = asked(said('user', 'go'), ...rounds.slice(0, turns).flat());
    const { messages } = save(request, {}, saver).request ?? request;
    expect(messages.slice(0, before.length)).toEqual(before);
    expect(save(request).request?.messages).toEqual(messages);
    before = messages;
  }
});

test('audit says the same savings and changes nothing', () => {
  const request = asked(result(JSON_TEXT), result(LOG_TEXT), result(JSON_TEXT));
  const audit = save(request, { mode: 'audit' });
  expect(audit.request).toBeUndefined();
  expect(audit.savings).toEqual(save(request).savings);
});

test('an estimate has to save twice as much', () => {
  const estimating: Counter = { ...counter, isExact: false };
  const saver = new TokenSaver(compressors);
  const rows = (count: number) =>
    asked(result(JSON.stringify(Array.from({ length: count }, (_, id) => ({ id, state: 'open' })))));
  const worth = [...Array.from({ length: 40 }).keys()].map((count) => [
    saver.save(rows(count), counter, order).edits.length,
    saver.save(rows(count), estimating, { ...order, codecs: ['json-table'] }).edits.length,
  ]);
  const firstOf = (column: number) => worth.findIndex((row) => (row[column] ?? 0) > 0);
  expect(firstOf(0)).toBeGreaterThan(0);
  expect(firstOf(1)).toBeGreaterThan(firstOf(0));
});

test('only the compressors that were ordered are used', () => {
  expect(save(asked(result(JSON_TEXT)), { codecs: ['json-minify'] }).savings.blocks[0]?.codec).toBe('json-minify');
  expect(save(asked(result(JSON_TEXT)), { codecs: [] }).edits).toEqual([]);
});

test('a compressor that does not give back what it took is not believed', () => {
  const liar = { id: 'liar', loss: 'none' as const, compress: () => 'shorter', restore: () => 'something else' };
  const thrower = { ...liar, id: 'thrower', restore: () => expect.unreachable() };
  const saver = new TokenSaver([liar, thrower]);
  expect(saver.save(asked(result(JSON_TEXT)), counter, { ...order, codecs: ['liar', 'thrower'] }).edits).toEqual([]);
});
