import { expect, test } from 'vitest';
import { ask, collect, turn } from '../../test/support.ts';
import { look } from '../dialects/look.ts';
import { fold } from '../model/fold.ts';
import { mockResponse } from './mock-response.ts';

async function answered(text: string) {
  const step = await mockResponse.run(turn({ switches: { mockResponse: text } }));
  if (!step.answer) throw new Error('nothing was answered');
  return fold(await collect(look(step.answer)));
}

test('a turn without the switch goes on', async () => {
  expect(await mockResponse.run(turn({ ask: ask() }))).toEqual({});
});

test.each(['Hello you', '  spaces   and\nlines\n', '“ünïcode” 👋', 'one', ''])(
  '%o is said to the letter',
  async (text) => {
    const { choices, usage, model } = await answered(text);
    const [choice] = choices;
    expect(choice?.blocks.map((block) => (block.kind === 'text' ? block.text : '?')).join('')).toBe(text);
    expect([choice?.finish, model, usage]).toEqual(['stop', 'the-model', { inputTokens: 0, outputTokens: 0 }]);
  },
);

test('it is said word by word, so that streaming can be tried', async () => {
  const step = await mockResponse.run(turn({ switches: { mockResponse: 'one two three' } }));
  const events = step.answer ? await collect(look(step.answer)) : [];
  expect(events.filter(({ type }) => type === 'text-delta')).toHaveLength(3);
  expect(events.at(-1)).toEqual({ type: 'end' });
});
