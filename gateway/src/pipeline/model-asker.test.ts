import { expect, test } from 'vitest';
import { failureOf, handTurned, replyOf, said, USAGE } from '../../test/support.ts';
import { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import type { ReplyEvent } from '../model/reply.ts';
import type { Turn, TurnRecord } from '../model/turn.ts';
import { modelAsker, wordsAsker } from './model-asker.ts';

const caller = { keyId: 'k', role: 'basic' } as const;

function asker(words: readonly string[], authorize: (turn: Turn) => void = () => undefined, events?: ReplyEvent[]) {
  const turns: Turn[] = [];
  const records: TurnRecord[] = [];
  const pipeline = {
    stages: [],
    send: (turn: Turn) => {
      turns.push(turn);
      return Promise.resolve(replyOf(events ?? said(...words)));
    },
  };
  const ports = {
    pipeline: () => pipeline,
    authorize,
    onRecord: (record: TurnRecord) => records.push(record),
    clocks: handTurned().clocks,
    newId: () => 'id-1',
    tag: 'tool:summarize',
  };
  const askWords = wordsAsker({ ...ports, model: 'small' });
  const task = { instructions: 'Sum up.', text: '#calculator 1+1' };
  const circumstances = { caller, cancellation: new Cancellation() };
  return {
    turns,
    records,
    circumstances,
    question: modelAsker(ports),
    ask: () => askWords(task, circumstances),
  };
}

test('a model is asked on the caller’s account, with a record, and without keyword tools', async () => {
  const { ask, turns, records } = asker([' In ', 'short. ']);
  expect(await ask()).toBe('In short.');
  expect(turns[0]).toMatchObject({ caller, switches: { disableKeywordDetection: true } });
  expect(turns[0]?.ask.look().messages.map(({ role }) => role)).toEqual(['system', 'user']);
  expect(records).toMatchObject([{ keyId: 'k', model: 'small', end: 'finished', tags: ['tool:summarize'] }]);
});

test('a caller that may not use the model is refused, and nothing is asked', async () => {
  const { ask, turns } = asker(['x'], () => {
    throw new GatewayError('key.forbidden', 'Not this model.');
  });
  expect((await failureOf(ask())).code).toBe('key.forbidden');
  expect(turns).toEqual([]);
});

test('a model that says nothing is a failure', async () => {
  expect((await failureOf(asker(['  ']).ask())).code).toBe('tool.failed');
});

test('a question may say what the answer must be, and what was said before', async () => {
  const { question, turns, circumstances } = asker(['{"a":1}']);
  const output = { type: 'json-schema', name: 'a', schema: { type: 'object' } } as const;
  const said = [
    { role: 'user', text: 'One?' },
    { role: 'assistant', text: 'Two.' },
    { role: 'user', text: 'No.' },
  ] as const;
  const answer = await question({ model: 'other', said, output, temperature: 0.5, outputTokensMax: 9 }, circumstances);
  expect(answer).toMatchObject({ text: '{"a":1}', refusal: undefined, isCut: false, usage: USAGE });
  expect(turns[0]?.ask.look()).toMatchObject({ model: 'other', output, temperature: 0.5, maxOutputTokens: 9 });
  expect(turns[0]?.ask.look().messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
});

test('a question may offer tools, and a conversation goes on with what they said', async () => {
  const call = { type: 'tool-call', id: 'c1', name: 'f', input: '{"a":1}' } as const;
  const { question, turns, circumstances } = asker([], () => undefined, [
    { type: 'start', id: 'r', model: 'm' },
    { type: 'block-start', choice: 0, block: 0, start: { kind: 'tool-call', id: 'c2', name: 'g' } },
    { type: 'tool-input-delta', choice: 0, block: 0, json: '{' },
    { type: 'tool-input-delta', choice: 0, block: 0, json: '}' },
    { type: 'finish', choice: 0, reason: 'tool-calls' },
    { type: 'end' },
  ]);
  const tools = [{ name: 'f', description: 'Does f.', parameters: { type: 'object' } }];
  const said = [
    { role: 'user', text: 'Do it.' },
    { role: 'assistant', text: '', parts: [call] },
    { role: 'tool', callId: 'c1', text: 'done', isError: true },
  ] as const;
  const answer = await question({ model: 'm', said, tools, toolsEnded: true }, circumstances);
  expect(answer).toMatchObject({ text: '', calls: [{ id: 'c2', tool: 'g', input: '{}' }] });
  expect(answer.parts).toEqual([{ type: 'tool-call', id: 'c2', name: 'g', input: '{}' }]);
  expect(turns[0]?.ask.look()).toMatchObject({
    tools: [{ type: 'function', ...tools[0] }],
    toolChoice: { type: 'none' },
    messages: [
      { role: 'user' },
      { role: 'assistant', content: [call] },
      { role: 'tool', content: [{ type: 'tool-result', callId: 'c1', isError: true }] },
    ],
  });
});

test('nobody is asked for a caller that is gone', async () => {
  const { question, turns, circumstances } = asker(['x']);
  circumstances.cancellation.cancel(new GatewayError('request.cancelled', 'Gone.'));
  expect((await failureOf(question({ model: 'm', said: [] }, circumstances))).code).toBe('request.cancelled');
  expect(turns).toEqual([]);
});
