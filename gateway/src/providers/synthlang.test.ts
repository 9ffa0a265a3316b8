import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ask, collect } from '../../test/support.ts';
import { fold } from '../model/fold.ts';
import { synthlang } from './synthlang.ts';

async function echoed(fields: Readonly<Record<string, unknown>>) {
  return fold(await collect(synthlang.answer(ask(fields).look(), 'echo', 'reply-1')));
}

function said(text: string) {
  return { messages: [{ role: 'user', content: text }] };
}

function texts({ choices }: Awaited<ReturnType<typeof echoed>>): string[] {
  return choices.map(({ blocks }) => blocks.map((block) => (block.kind === 'text' ? block.text : '')).join(''));
}

test('it says back what the user said last, to the letter', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.startsWith('call ')),
      async (text) => {
        expect(texts(await echoed(said(text)))).toEqual([text]);
      },
    ),
  );
});

test('what others said is not echoed', async () => {
  const messages = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'first' },
    { role: 'assistant', content: 'answer' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'sec' },
        { type: 'text', text: 'ond' },
      ],
    },
  ];
  expect(texts(await echoed({ messages }))).toEqual(['second']);
});

test('it ends properly and counts tokens roughly', async () => {
  const { choices, usage } = await echoed(said('four letters each'));
  expect(choices[0]?.finish).toBe('stop');
  expect(usage).toEqual({ inputTokens: 5, outputTokens: 5 });
});

test('it gives as many answers as are asked for', async () => {
  expect(texts(await echoed({ ...said('Hi'), n: 3 }))).toEqual(['Hi', 'Hi', 'Hi']);
});

test('it stops at the length that is asked for', async () => {
  const reply = await echoed({ ...said('one two three'), max_tokens: 2 });
  expect([texts(reply), reply.choices[0]?.finish]).toEqual([['one two '], 'length']);
});

const tools = [{ type: 'function', function: { name: 'weather', parameters: {} } }];

test('it calls a tool when it is told to', async () => {
  const { choices } = await echoed({ ...said('call weather {"city":"Paris"}'), tools });
  expect(choices[0]).toMatchObject({
    finish: 'tool-calls',
    blocks: [{ kind: 'tool-call', name: 'weather', input: '{"city":"Paris"}' }],
  });
});

test('a tool without arguments is called with none', async () => {
  const { choices } = await echoed({ ...said('call weather'), tools });
  expect(choices[0]?.blocks).toMatchObject([{ kind: 'tool-call', input: '{}' }]);
});

test('a tool that wasn’t offered is only a word', async () => {
  expect(texts(await echoed({ ...said('call nobody {}'), tools }))).toEqual(['call nobody {}']);
  expect(texts(await echoed(said('call weather {}')))).toEqual(['call weather {}']);
});

test('the answer of a tool is what it hears last', async () => {
  const call = { id: 'c', type: 'function', function: { name: 'weather', arguments: '{}' } };
  const messages = [
    { role: 'user', content: 'call weather' },
    { role: 'assistant', tool_calls: [call] },
    { role: 'tool', tool_call_id: 'c', content: 'Sunny.' },
  ];
  expect(texts(await echoed({ messages, tools }))).toEqual(['Sunny.']);
});
