import { expect, test } from 'vitest';
import type { ChatRequest } from '../../model/request.ts';
import { geminiContent as gemini } from './gemini-content.ts';

const LEAST: ChatRequest = {
  model: 'm',
  stream: false,
  usageWanted: true,
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
};
const said = (request: Partial<ChatRequest>, model = 'gemini-2.5-flash') => {
  const { bytes, losses } = gemini.encodeRequest({ ...LEAST, ...request }, model);
  return { body: JSON.parse(String(bytes)) as Record<string, unknown>, losses };
};
const CALL = { type: 'tool-call', id: 'c1', name: 'weather', input: '{"city":"Rome"}' } as const;

test('another dialect’s instructions, calls and results take the places that they have here', () => {
  const { body } = said({
    messages: [
      { role: 'system', content: [{ type: 'text', text: 'Be kind.' }] },
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      { role: 'assistant', content: [CALL] },
      { role: 'tool', content: [{ type: 'tool-result', callId: 'c1', content: [{ type: 'text', text: 'rain' }] }] },
      { role: 'user', content: [{ type: 'text', text: 'And?' }] },
    ],
  });
  expect(body).toEqual({
    systemInstruction: { parts: [{ text: 'Be kind.' }] },
    contents: [
      { role: 'user', parts: [{ text: 'Hi' }] },
      { role: 'model', parts: [{ functionCall: { id: 'c1', name: 'weather', args: { city: 'Rome' } } }] },
      {
        role: 'user',
        parts: [{ functionResponse: { id: 'c1', name: 'weather', response: { output: 'rain' } } }, { text: 'And?' }],
      },
    ],
  });
});

test('calls that another model made carry the word that lets them pass, where proofs are demanded', () => {
  const messages = [...LEAST.messages, { role: 'assistant', content: [CALL, { ...CALL, id: 'c2' }] } as const];
  const { body } = said({ messages }, 'gemini-3-pro-preview');
  const [, turn] = body['contents'] as { parts: Record<string, unknown>[] }[];
  expect(turn?.parts.map((part) => part['thoughtSignature'])).toEqual(['skip_thought_signature_validator', undefined]);
});

test.each([
  ['gemini-2.5-flash', 'medium', { thinkingBudget: 8192, includeThoughts: true }],
  ['gemini-2.5-flash', 'none', { thinkingBudget: 0 }],
  ['gemini-3-flash-preview', 'minimal', { thinkingLevel: 'MINIMAL', includeThoughts: true }],
  ['gemini-3-pro-preview', 'medium', { thinkingLevel: 'HIGH', includeThoughts: true }],
  ['gemini-3.1-pro-preview', 'xhigh', { thinkingLevel: 'HIGH', includeThoughts: true }],
  ['gemini-3.1-pro-preview', 'none', { thinkingLevel: 'LOW' }],
])('%s thinks with effort %s as it was made for', (model, effort, thinkingConfig) => {
  expect(said({ reasoning: { effort } }, model).body['generationConfig']).toEqual({ thinkingConfig });
});

test('a model that can’t think is not asked to, and that is said', () => {
  expect(said({ reasoning: { effort: 'high' } }, 'gemini-2.0-flash').losses).toEqual([
    { what: 'reasoning_effort', kind: 'hint' },
  ]);
});

test('a schema for the answer is said as it came', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false };
  const { body, losses } = said({ output: { type: 'json-schema', name: 'x', schema, strict: true } });
  expect(body['generationConfig']).toEqual({ responseMimeType: 'application/json', responseJsonSchema: schema });
  expect(losses).toEqual([]);
});

test('files go as data or by their address, with a kind', () => {
  const { body, losses } = said({
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image', source: { kind: 'url', url: 'https://a.example/b.webp?c' } },
          { type: 'image', source: { kind: 'url', url: 'data:image/png;base64,AA==' } },
          { type: 'file', source: { kind: 'text', text: 'Hi' }, name: 'a.txt' },
          { type: 'file', source: { kind: 'file-id', id: 'file-openai' } },
        ],
      },
    ],
  });
  expect(body['contents']).toMatchObject([
    {
      parts: [
        { fileData: { fileUri: 'https://a.example/b.webp?c', mimeType: 'image/webp' } },
        { inlineData: { mimeType: 'image/png', data: 'AA==' } },
        { inlineData: { mimeType: 'text/plain', data: 'SGk=', displayName: 'a.txt' } },
      ],
    },
  ]);
  expect(losses).toEqual([{ what: 'messages[0].content[3]', kind: 'parameter' }]);
});

test('what the wire has no word for is named', () => {
  const { losses } = said({
    logitBias: { 5: 1 },
    endUser: 'u',
    serviceTier: 'scale',
    extra: { dialect: 'openai-chat', fields: { verbosity: 'low', store: true } },
  });
  expect(losses).toEqual([
    { what: 'logit_bias', kind: 'parameter' },
    { what: 'user', kind: 'hint' },
    { what: 'verbosity', kind: 'parameter' },
    { what: 'store', kind: 'hint' },
    { what: 'service_tier', kind: 'hint' },
  ]);
});
