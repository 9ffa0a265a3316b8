/** A message with every kind of block, as a provider might send it whole. Constructed. */
export const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-x',
  content: [
    { type: 'thinking', thinking: 'Let me see.', signature: 'c2ln' },
    { type: 'redacted_thinking', data: 'AAAA' },
    {
      type: 'text',
      text: 'It is 7 °C.',
      citations: [
        { type: 'web_search_result_location', url: 'https://a', title: 'A', cited_text: '7', encrypted_index: 'i' },
        { type: 'char_location', document_title: 'D', cited_text: 'x', document_index: 0, start_char_index: 3 },
      ],
    },
    { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } },
    { type: 'compaction', content: 'summary', encrypted_content: 'e' },
    { type: 'tool_use', id: 'toolu_1', name: 'f', input: { a: 'b' }, caller: { type: 'direct' } },
    { type: 'tool_use', id: 'toolu_2', name: 'g', input: {} },
  ],
  stop_reason: 'tool_use',
  stop_sequence: null,
  stop_details: null,
  container: { id: 'c', expires_at: 'later' },
  context_management: { applied_edits: [] },
  usage: {
    input_tokens: 10,
    cache_read_input_tokens: 20,
    cache_creation_input_tokens: 30,
    cache_creation: { ephemeral_5m_input_tokens: 25, ephemeral_1h_input_tokens: 5 },
    output_tokens: 99,
    output_tokens_details: { thinking_tokens: 40 },
    service_tier: 'standard',
  },
} as const;

const start = (index: number, content_block: object) => ({ type: 'content_block_start', index, content_block });
const delta = (index: number, type: string, fields: object) => ({
  type: 'content_block_delta',
  index,
  delta: { type, ...fields },
});
const stop = (index: number) => ({ type: 'content_block_stop', index });
const [, redacted, cited, search, , call, plainCall] = MESSAGE.content;

/** The same message as a stream. */
export const STREAM: readonly object[] = [
  {
    type: 'message_start',
    message: {
      ...MESSAGE,
      content: [],
      stop_reason: null,
      container: null,
      context_management: null,
      usage: { ...MESSAGE.usage, output_tokens: 1, output_tokens_details: null },
    },
  },
  start(0, { type: 'thinking', thinking: '', signature: '' }),
  { type: 'ping' },
  delta(0, 'thinking_delta', { thinking: 'Let me' }),
  delta(0, 'thinking_delta', { thinking: ' see.' }),
  delta(0, 'signature_delta', { signature: 'c2ln' }),
  stop(0),
  start(1, redacted),
  stop(1),
  start(2, { type: 'text', text: '', citations: [] }),
  delta(2, 'citations_delta', { citation: cited.citations[0] }),
  delta(2, 'text_delta', { text: 'It is 7' }),
  delta(2, 'text_delta', { text: ' °C.' }),
  delta(2, 'citations_delta', { citation: cited.citations[1] }),
  stop(2),
  start(3, { ...search, input: {} }),
  delta(3, 'input_json_delta', { partial_json: '' }),
  delta(3, 'input_json_delta', { partial_json: '{"que' }),
  delta(3, 'input_json_delta', { partial_json: 'ry":"x"}' }),
  stop(3),
  start(4, { type: 'compaction', content: null, encrypted_content: null }),
  delta(4, 'compaction_delta', { content: 'summary', encrypted_content: 'e' }),
  stop(4),
  start(5, { ...call, input: {} }),
  delta(5, 'input_json_delta', { partial_json: '{"a"' }),
  delta(5, 'input_json_delta', { partial_json: ':"b"}' }),
  stop(5),
  start(6, plainCall),
  stop(6),
  {
    type: 'message_delta',
    delta: { stop_reason: 'tool_use', stop_sequence: null, stop_details: null, container: MESSAGE.container },
    context_management: MESSAGE.context_management,
    usage: {
      input_tokens: 10,
      cache_read_input_tokens: 20,
      cache_creation_input_tokens: null,
      output_tokens: 99,
      output_tokens_details: { thinking_tokens: 40 },
    },
  },
  { type: 'message_stop' },
];

/** Events of the wire as a provider sends them. */
export function streamOf(events: readonly object[]): Buffer {
  return Buffer.from(events.map((event) => `event: ${typeOf(event)}\ndata: ${JSON.stringify(event)}\n\n`).join(''));
}

function typeOf(event: object): string {
  return 'type' in event ? String(event.type) : 'message';
}
