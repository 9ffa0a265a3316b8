// How far saving tokens goes is said by request: low, medium or high.
import { openai } from './gateway.mjs';

const lines = Array.from(
  { length: 60 },
  (_, at) => `2026-01-01T10:00:${String(at % 60).padStart(2, '0')} request ${at} took 12 ms`,
);
for (const level of ['low', 'high']) {
  const { response } = await openai.chat.completions
    .create({
      model: 'gpt-4o-mini',
      messages: [
        { role: 'user', content: 'Was anything slow?' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'call-1', type: 'function', function: { name: 'read_log', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'call-1', content: lines.join('\n') },
      ],
      use_synthlang: true,
      synthlang_compression_level: level,
    })
    .withResponse();
  console.log(`${level}: ${response.headers.get('x-synthlang-tokens') ?? 'nothing to save'}`);
}
