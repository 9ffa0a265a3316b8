import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ask } from '../../test/support.ts';
import { detectors } from '../detectors/index.ts';
import type { ChatRequest, Message } from '../model/request.ts';
import { maskRequest } from './mask-request.ts';
import { restoredText, textForms } from './restoring.ts';

const text = (role: Message['role'], ...texts: readonly string[]): Message => ({
  role,
  content: texts.map((said) => ({ type: 'text', text: said })),
});

function requestOf(messages: readonly Message[], more: Partial<ChatRequest> = {}): ChatRequest {
  return { model: 'm', stream: false, usageWanted: false, messages, ...more };
}

function maskedMessages(...messages: readonly Message[]): readonly Message[] {
  return maskRequest(requestOf(messages), detectors)?.request.messages ?? messages;
}

test('a request without private data is left alone', () => {
  const { messages } = ask().look();
  expect(maskRequest(requestOf(messages), detectors)).toBeUndefined();
});

test('the same value has the same placeholder, wherever it stands', () => {
  const masked = maskRequest(
    requestOf([
      text('user', 'ada@example.org', 'bob@example.org and ada@example.org'),
      text('assistant', 'bob@example.org'),
    ]),
    detectors,
  );
  expect(masked?.request.messages).toEqual([
    text('user', '<EMAIL_1>', '<EMAIL_2> and <EMAIL_1>'),
    text('assistant', '<EMAIL_2>'),
  ]);
  expect([...(masked?.values ?? [])]).toEqual([
    ['<EMAIL_1>', 'ada@example.org'],
    ['<EMAIL_2>', 'bob@example.org'],
  ]);
});

test('a conversation that grows begins as it began, so that providers’ caches know it', () => {
  const first = [text('system', 'Ask root@example.org.'), text('user', 'Call 555-123-4567 or ada@example.org')];
  const later = [...first, text('assistant', 'Called 555-123-4567'), text('user', 'and bob@example.org, 10.1.2.3')];
  expect(maskedMessages(...later).slice(0, 2)).toEqual(maskedMessages(...first));
});

test('what looks like a placeholder already keeps its name', () => {
  const masked = maskRequest(requestOf([text('user', 'ada@example.org, not <EMAIL_1> nor email\\_2')]), detectors);
  expect(masked?.request.messages).toEqual([text('user', '<EMAIL_3>, not <EMAIL_1> nor email\\_2')]);
  expect(restoredText('<EMAIL_1> <EMAIL_3>', textForms(masked?.values ?? new Map()), 'text')).toBe(
    '<EMAIL_1> ada@example.org',
  );
});

test('a value that only its context gave away is found without the context, too', () => {
  expect(
    maskedMessages(text('user', 'My passport: AB1234567'), text('assistant', 'AB1234567, not XAB1234567.')),
  ).toEqual([text('user', 'My passport: <PASSPORT_1>'), text('assistant', '<PASSPORT_1>, not XAB1234567.')]);
});

describe('inside JSON', () => {
  const called = (input: string): Message => ({
    role: 'assistant',
    content: [{ type: 'tool-call', id: 'c', name: 't', input }],
  });
  const inputOf = (input: string): unknown => {
    const [part] = maskedMessages(called(input))[0]?.content ?? [];
    return part?.type === 'tool-call' ? JSON.parse(part.input) : undefined;
  };

  test.each<[string, unknown]>([
    ['{"to": "ada@example.org", "n": 1.0}', { to: '<EMAIL_1>', n: 1 }],
    ['{"to":"first\\nada@example.org\\tbob\\u0040example.org"}', { to: 'first\n<EMAIL_1>\t<EMAIL_2>' }],
    ['{"card":4111111111111111}', { card: '<CARD_1>' }],
    ['{"ssn":"123456789","ada@example.org":true}', { ssn: '<SSN_1>', '<EMAIL_1>': true }],
    ['{"q":"{\\"to\\":\\"ada@example.org\\"}"}', { q: '{"to":"<EMAIL_1>"}' }],
  ])('%s is masked', (input, expected) => expect(inputOf(input)).toEqual(expected));

  test('formatting stays', () => {
    const [message] = maskedMessages(called('{ "a" : 1.50, "to":"ada@example.org" }'));
    expect(message?.content[0]).toMatchObject({ input: '{ "a" : 1.50, "to":"<EMAIL_1>" }' });
  });
});

test('reasoning that a provider signed is given back as it was signed', () => {
  const reasoning = (said: string): Message => ({
    role: 'assistant',
    content: [{ type: 'reasoning', text: said, signature: 's' }],
  });
  const messages = [text('user', 'ada@example.org'), reasoning('ada@example.org? I know carl@example.org.')];
  expect(maskedMessages(...messages)[1]).toEqual(reasoning('<EMAIL_1>? I know carl@example.org.'));
});

test('every place of a request is masked', () => {
  const secret = (at: string) => `${at}@example.org`;
  const request = requestOf(
    [
      {
        ...text('user', secret('text')),
        name: secret('name'),
        extra: { dialect: 'openai-chat', fields: { x: secret('field') } },
      },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', callId: 'c', content: [{ type: 'text', text: secret('result') }] },
          {
            type: 'file',
            source: { kind: 'text', text: secret('file') },
            name: secret('filename'),
            context: secret('context'),
          },
          { type: 'native', dialect: 'openai-chat', value: { deep: [secret('native')] } },
          { type: 'refusal', text: secret('refusal') },
          { type: 'tool-call', id: 'i', name: 'n', input: secret('free'), freeform: true },
          { type: 'text', text: 'x', citations: [{ citedText: secret('cited') }] },
        ],
      },
    ],
    {
      tools: [{ type: 'function', name: 'f', description: secret('tool'), parameters: { default: secret('default') } }],
      output: { type: 'json-schema', name: 'o', description: secret('output'), schema: { const: secret('schema') } },
      stop: [secret('stop')],
      endUser: secret('user'),
      extra: { dialect: 'openai-chat', fields: { metadata: { who: secret('metadata') } } },
    },
  );
  const masked = maskRequest(request, detectors);
  expect(JSON.stringify(masked?.request)).not.toContain('@example.org');
  expect(masked?.values.size).toBe(18);
});

test('what is masked and restored is what it was', () => {
  const values = ['ada@example.org', '555-123-4567', '123-45-6789', '4111 1111 1111 1111', '203.0.113.7'];
  const piece = fc.oneof(fc.constantFrom(...values, '<EMAIL_1>', '<PHONE_2>', '\\n', '&lt;'), fc.string());
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const original = pieces.join(' ');
      const masked = maskRequest(requestOf([text('user', original)]), detectors);
      const [part] = masked?.request.messages[0]?.content ?? [];
      const said = part?.type === 'text' ? part.text : original;
      expect(restoredText(said, textForms(masked?.values ?? new Map()), 'text')).toBe(original);
    }),
    { numRuns: 500 },
  );
});

test('many values that only their context gave away cost no more than they must', () => {
  const born = Array.from(
    { length: 20_000 },
    (_, at) => `born ${(at % 28) + 1}/${(at % 12) + 1}/${1000 + (at % 9000)}`,
  );
  const before = process.cpuUsage();
  const masked = maskRequest(
    requestOf([text('user', born.join('; ')), text('user', '1/1/1000 '.repeat(50_000))]),
    detectors,
  );
  const { user, system } = process.cpuUsage(before);
  expect(masked?.values.size).toBeGreaterThan(5000);
  expect((user + system) / 1000).toBeLessThan(5000);
});
