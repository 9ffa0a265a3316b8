import { expect, test } from 'vitest';
import { z } from 'zod';
import { answerOf } from '../../test/prompt-work.ts';
import { failureOf, settled } from '../../test/support.ts';
import { GatewayError } from '../model/error.ts';
import type { ModelAnswer, ModelQuestion } from '../model/model-question.ts';
import { ModelWork, type WorkSettings } from './model-work.ts';

const SETTINGS: WorkSettings = { model: 'm', answerForm: 'schema', repairsMax: 2, callsMax: 20, concurrencyMax: 2 };
const TASK = {
  name: 'form',
  instructions: 'Do it.',
  material: { text: 'x' },
  answer: z.strictObject({ a: z.number() }),
};

function working(ask: (question: ModelQuestion) => Promise<ModelAnswer>, settings: Partial<WorkSettings> = {}) {
  const questions: ModelQuestion[] = [];
  const calls: number[] = [];
  const work = new ModelWork(
    (question) => {
      questions.push(question);
      return ask(question);
    },
    { ...SETTINGS, ...settings },
    (count) => calls.push(count),
  );
  return { work, questions, calls };
}

function saying(...texts: readonly string[]) {
  let at = 0;
  return () => {
    const text = texts[Math.min(at, texts.length - 1)] ?? '';
    at += 1;
    return Promise.resolve(answerOf(text));
  };
}

test('an answer that doesn’t fit is asked for again, with what is wrong with it', async () => {
  const { work, questions, calls } = working(saying('Sure!', '{"a":"one"}', '{"a":1}'));
  expect(await work.answer(TASK)).toEqual({ a: 1 });
  expect(questions.map(({ said }) => said.length)).toEqual([1, 3, 5]);
  expect(questions[1]?.said.slice(1)).toEqual([
    { role: 'assistant', text: 'Sure!' },
    { role: 'user', text: expect.stringContaining('it holds no JSON object') as string },
  ]);
  expect(questions[2]?.said.at(-1)?.text).toContain('"a": Invalid input');
  expect(calls).toEqual([1, 2, 3]);
  expect(work.spending.out()).toMatchObject({ usage: { prompt_tokens: 30, total_tokens: 36 }, cost_usd: 0.003 });
});

test('a model that never manages is an error that says what was wrong, and isn’t written to logs', async () => {
  const { work, questions } = working(saying('No.'));
  const failure = await failureOf(work.answer(TASK));
  expect([failure.code, failure.details.quoted, questions.length]).toEqual(['prompting.unusable', true, 3]);
  expect(failure.message).toContain('3 answers that can’t be used; what is wrong with the last one: it holds no JSON');
});

test('a refusal is not asked about again', async () => {
  const { work, questions } = working(() => Promise.resolve({ ...answerOf(''), refusal: 'I won’t.' }));
  expect((await failureOf(work.answer(TASK))).message).toContain('refused to do this: I won’t.');
  expect(questions).toHaveLength(1);
});

test('an answer that was cut is called that', async () => {
  const { work } = working(() => Promise.resolve({ ...answerOf('{"a":'), isCut: true }), { repairsMax: 0 });
  expect((await failureOf(work.answer(TASK))).message).toContain('longer than allowed and was cut');
});

test('questions have a limit', async () => {
  const { work, questions } = working(saying('No.'), { callsMax: 2 });
  expect((await failureOf(work.answer(TASK))).code).toBe('limit.calls');
  expect(questions).toHaveLength(2);
});

test('no more than so many are asked at a time', async () => {
  const open: ((answer: ModelAnswer) => void)[] = [];
  const { work, questions } = working(() => new Promise((resolve) => open.push(resolve)));
  const all = work.all([1, 2, 3, 4, 5], () => work.answer(TASK));
  for (const asked of [2, 3, 4, 5]) {
    await settled();
    expect(questions).toHaveLength(asked);
    open.shift()?.(answerOf('{"a":1}'));
  }
  await settled();
  for (const resolve of open) resolve(answerOf('{"a":2}'));
  expect(await all).toHaveLength(5);
});

test('once a question has failed for good nobody is asked any more, and the failure is what is told', async () => {
  let at = 0;
  const { work, questions } = working(() => {
    at += 1;
    return at === 1 ? Promise.reject(new GatewayError('upstream.auth', 'No.')) : Promise.resolve(answerOf('{"a":1}'));
  });
  const failure = await failureOf(work.all([1, 2, 3, 4, 5, 6], () => work.answer(TASK)));
  expect(failure.code).toBe('upstream.auth');
  expect(questions.length).toBeLessThanOrEqual(2);
});

test('temperature and length are what the operator set, unless the task says otherwise', async () => {
  const { work, questions } = working(saying('{"a":1}'), { temperature: 0, answerTokensMax: 99 });
  await work.answer(TASK);
  await work.answer({ ...TASK, temperature: 1 });
  expect(questions.map(({ temperature, outputTokensMax }) => [temperature, outputTokensMax])).toEqual([
    [0, 99],
    [1, 99],
  ]);
});
