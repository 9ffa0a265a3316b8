import { expect, test } from 'vitest';
import { decoded, encoded } from '../../../test/decoded.ts';
import { originOf } from '../../../test/requests.ts';
import type { ReplyEvent } from '../../model/reply.ts';
import { openaiResponses as responses } from './openai-responses.ts';

const read = (body: object) =>
  responses.readRequest(originOf('openai-responses', JSON.stringify({ model: 'gpt-5', ...body }))).look();
const saidAgain = (body: object) => {
  const { bytes, losses } = responses.encodeRequest(read(body), 'gpt-5');
  expect(losses).toEqual([]);
  const { model: _model, ...said } = JSON.parse(String(bytes)) as Record<string, unknown>;
  return said;
};
const user = (content: unknown) => ({ role: 'user', content });

test.each<[string, unknown]>([
  ['a string', 'Hi'],
  ['texts', [user('Hi'), { role: 'assistant', content: 'Hello' }, user([{ type: 'input_text', text: 'Bye' }])]],
  [
    'an answer as it came',
    [
      user('Hi'),
      {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        status: 'completed',
        phase: 'final_answer',
        content: [{ type: 'output_text', text: 'Hello', annotations: [], logprobs: [] }],
      },
    ],
  ],
  [
    'reasoning, a call and its result',
    [
      user('Hi'),
      { id: 'rs_1', type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm' }], encrypted_content: 'Zm9v' },
      { id: 'fc_1', type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{"a":1}', status: 'completed' },
      { type: 'function_call_output', call_id: 'call_1', output: 'yes' },
    ],
  ],
  [
    'reasoning of several texts',
    [
      {
        type: 'reasoning',
        summary: [
          { type: 'summary_text', text: 'one' },
          { type: 'summary_text', text: 'two' },
        ],
        content: [{ type: 'reasoning_text', text: 'three' }],
      },
      { type: 'reasoning', summary: [] },
      { type: 'reasoning', summary: [], content: [] },
    ],
  ],
  [
    'a call with free text',
    [
      { type: 'custom_tool_call', call_id: 'call_1', name: 'f', input: 'do it' },
      { type: 'custom_tool_call_output', call_id: 'call_1', output: [{ type: 'input_text', text: 'done' }] },
    ],
  ],
  [
    'pictures, files and sounds',
    [
      user([
        { type: 'input_image', image_url: 'https://a.example/b.png', detail: 'low' },
        { type: 'input_image', image_url: 'data:image/png;base64,AA==', detail: 'auto' },
        { type: 'input_image', file_id: 'file-1' },
        { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA==' },
        { type: 'input_file', file_url: 'https://a.example/b.pdf' },
        { type: 'input_file', file_id: 'file-2' },
        { type: 'input_audio', input_audio: { data: 'AA==', format: 'mp3' } },
      ]),
    ],
  ],
  [
    'items of OpenAI’s own tools',
    [
      user('Hi'),
      { id: 'ws_1', type: 'web_search_call', status: 'completed', action: { type: 'search', query: 'q' } },
      { type: 'item_reference', id: 'msg_1' },
      { type: 'additional_tools', role: 'developer', tools: [] },
    ],
  ],
  ['an answer without content', [{ type: 'message', role: 'assistant', id: 'msg_1', content: [] }]],
  [
    'content of a kind that is not known',
    [user([{ type: 'hologram', x: 1 }]), { role: 'assistant', content: [{ type: 'y' }] }],
  ],
])('%s: is read and said again as it was', (_, input) => {
  expect(saidAgain({ input })).toEqual({ input });
});

test('every setting is read and said again as it was', () => {
  const body = {
    input: 'Hi',
    instructions: 'Be kind.',
    stream: false,
    temperature: 0.5,
    top_p: 0.9,
    max_output_tokens: 100,
    parallel_tool_calls: false,
    service_tier: 'flex',
    user: 'u-1',
    tools: [
      { type: 'function', name: 'f', parameters: { type: 'object' }, strict: true, defer_loading: true },
      { type: 'custom', name: 'g', format: { type: 'text' } },
      { type: 'web_search', search_context_size: 'low' },
    ],
    tool_choice: { type: 'custom', name: 'g' },
    text: { format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true }, verbosity: 'low' },
    reasoning: { effort: 'low', summary: 'auto' },
    include: ['reasoning.encrypted_content', 'message.output_text.logprobs'],
    top_logprobs: 2,
    metadata: { a: 'b' },
    store: true,
    previous_response_id: 'resp_1',
    truncation: 'auto',
    x_unknown: null,
  };
  expect(saidAgain(body)).toEqual(body);
});

const block = (at: number, start: object, ...inside: object[]): ReplyEvent[] =>
  [{ type: 'block-start', start }, ...inside, { type: 'block-end' }].map(
    (event) => ({ choice: 0, block: at, ...event }) as ReplyEvent,
  );
const around = (...blocks: ReplyEvent[][]): ReplyEvent[] => [
  { type: 'start', id: 'r-1', model: 'm', createdAtSeconds: 1 },
  ...blocks.flat(),
  { type: 'usage', usage: { inputTokens: 3, outputTokens: 2 } },
  { type: 'finish', choice: 0, reason: 'stop' },
  { type: 'end' },
];
const streamed = (events: readonly ReplyEvent[]) =>
  String(encoded(responses, 'sse', events))
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame) => JSON.parse(frame.slice(frame.indexOf('data: ') + 6)) as Record<string, unknown>);

test('a stream says its events in the order that clients expect, and counts them', () => {
  const said = streamed(
    around(
      block(0, { kind: 'reasoning' }, { type: 'reasoning-delta', text: 'Hm' }),
      block(1, { kind: 'text' }, { type: 'text-delta', text: 'Yes' }),
      block(2, { kind: 'tool-call', id: 'call_1', name: 'f' }, { type: 'tool-input-delta', json: '{}' }),
    ),
  );
  expect(said.map(({ sequence_number: at }) => at)).toEqual(said.map((_, index) => index));
  expect(said.map(({ type }) => String(type).replace('response.', ''))).toEqual([
    'created',
    'in_progress',
    'output_item.added',
    'reasoning_summary_part.added',
    'reasoning_summary_text.delta',
    'reasoning_summary_text.done',
    'reasoning_summary_part.done',
    'output_item.done',
    'output_item.added',
    'content_part.added',
    'output_text.delta',
    'output_text.done',
    'content_part.done',
    'output_item.done',
    'output_item.added',
    'function_call_arguments.delta',
    'function_call_arguments.done',
    'output_item.done',
    'completed',
  ]);
  expect(said.at(-1)).toMatchObject({
    response: {
      status: 'completed',
      output: [
        { type: 'reasoning', summary: [{ text: 'Hm' }] },
        { type: 'message', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: 'Yes' }] },
        { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}', status: 'completed' },
      ],
      usage: { input_tokens: 3, output_tokens: 2, total_tokens: 5 },
    },
  });
});

test('another wire’s texts in a row are one message of several parts', () => {
  const texts = around(
    block(0, { kind: 'text' }, { type: 'text-delta', text: 'One' }),
    block(1, { kind: 'text' }, { type: 'text-delta', text: 'Two' }),
  );
  const body = JSON.parse(String(encoded(responses, 'json', texts))) as { output: { content: unknown[] }[] };
  expect(body.output).toHaveLength(1);
  expect(body.output[0]?.content).toMatchObject([{ text: 'One' }, { text: 'Two' }]);
});

test('another wire’s proof of reasoning comes back as it was, and OpenAI is never sent it', () => {
  const events = around(
    block(
      0,
      { kind: 'reasoning' },
      { type: 'reasoning-delta', text: 'Hm' },
      { type: 'signature-delta', signature: 's' },
    ),
    block(1, { kind: 'redacted-reasoning', data: 'd' }),
  );
  const { output } = JSON.parse(String(encoded(responses, 'json', events))) as { output: object[] };
  const request = read({ input: [user('Hi'), ...output, user('Go on')] });
  expect(request.messages[1]?.content).toMatchObject([
    { type: 'reasoning', text: 'Hm', signature: 's' },
    { type: 'reasoning', text: '', redacted: 'd' },
  ]);
  const { bytes, losses } = responses.encodeRequest(request, 'gpt-5');
  expect(String(bytes)).not.toContain('reasoning');
  expect(losses).toEqual([
    { what: 'messages[1].content[0]', kind: 'hint' },
    { what: 'messages[1].content[1]', kind: 'hint' },
  ]);
});

test.each([
  [
    'failed',
    { type: 'response.failed', response: { status: 'failed', error: { code: 'server_error', message: 'No.' } } },
  ],
  ['an error at the top', { type: 'error', code: 'server_error', message: 'No.', param: null }],
  ['an error in an object', { type: 'error', error: { code: 'server_error', message: 'No.' } }],
])('a stream that broke (%s) is an error and never ends', (_, event) => {
  const frame = Buffer.from(`event: x\ndata: ${JSON.stringify(event)}\n\n`);
  expect(decoded(responses, 'sse', [frame])).toMatchObject([{ type: 'error', error: { message: 'No.' } }]);
});

test.each([
  [{ input: 7 }, 'input'],
  [{}, 'input'],
  [{ input: [7] }, 'input[0]'],
  [{ input: [{ role: 'robot', content: 'Hi' }] }, 'input[0].role'],
  [{ input: [{ role: 'user', content: [{ type: 'input_text' }] }] }, 'input[0].content[0].text'],
  [{ input: 'Hi', tools: [{ type: 'function' }] }, 'tools[0].name'],
  [{ input: 'Hi', max_output_tokens: 0 }, 'max_output_tokens'],
])('%j is refused, and the field is named', (body, param) => {
  expect(() => read(body)).toThrow(expect.objectContaining({ details: expect.objectContaining({ param }) as object }));
});

test('what goes on with a kept response can only be asked where it is kept', async () => {
  const { dialects } = await import('../index.ts');
  const request = read({ input: 'Hi', previous_response_id: 'resp_1' });
  for (const id of ['openai-chat', 'anthropic-messages', 'gemini-content'] as const) {
    expect(() => dialects[id].encodeRequest(request, 'm')).toThrow(/previous_response_id/);
  }
});
