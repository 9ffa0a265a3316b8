import { expect, test } from 'vitest';
import { failureOf, handTurned, replyOf, said } from '../../test/support.ts';
import { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import type { Turn, TurnRecord } from '../model/turn.ts';
import { modelAsker } from './model-asker.ts';

const caller = { keyId: 'k', role: 'basic' } as const;

function asker(words: readonly string[], authorize: (turn: Turn) => void = () => undefined) {
  const turns: Turn[] = [];
  const records: TurnRecord[] = [];
  const pipeline = {
    stages: [],
    send: (turn: Turn) => {
      turns.push(turn);
      return Promise.resolve(replyOf(said(...words)));
    },
  };
  const ask = modelAsker({
    model: 'small',
    pipeline: () => pipeline,
    authorize,
    onRecord: (record) => records.push(record),
    clocks: handTurned().clocks,
    newId: () => 'id-1',
    tag: 'tool:summarize',
  });
  const task = { instructions: 'Sum up.', text: '#calculator 1+1' };
  return { turns, records, ask: () => ask(task, { caller, cancellation: new Cancellation() }) };
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
