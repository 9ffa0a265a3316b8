// What a tool wrote into a conversation goes to the model in fewer tokens, without loss. The headers say how many.
import { openai } from './gateway.mjs';

const orders = Array.from({ length: 40 }, (_, id) => ({ id, customer: `Customer ${id}`, state: 'shipped' }));
const { data, response } = await openai.chat.completions
  .create(
    {
      model: 'gpt-4o-mini',
      messages: [
        { role: 'user', content: 'Which orders are shipped?' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'call-1', type: 'function', function: { name: 'list_orders', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'call-1', content: JSON.stringify(orders) },
      ],
    },
    { headers: { 'x-use-synthlang': '1' } },
  )
  .withResponse();
console.log(data.choices[0].message.content);
console.log(`tokens saved: ${response.headers.get('x-synthlang-tokens-saved')}`);
