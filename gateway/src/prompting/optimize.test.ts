import { expect, test } from 'vitest';
import { formOf, likesLength, promptWork, type ScriptedModel } from '../../test/prompt-work.ts';
import { failureOf } from '../../test/support.ts';
import { GatewayError } from '../model/error.ts';

const longer = (material: Readonly<Record<string, unknown>>) => ({
  critique: 'Too short.',
  prompt: `${String(material['prompt'])} and five words more too`,
  improvement: 'Longer.',
});

/** Rewrites by adding words; judges by length. */
const wordy: ScriptedModel = (question, material) =>
  formOf(question) === 'judgement' ? likesLength(material['prompt']) : longer(material);

test('a rewriting stays when it is measurably better, and the counts are real', async () => {
  const { run, progress } = promptWork(wordy);
  const answer = await run('optimize', { prompt: 'Tell me about databases', max_iterations: 2 });
  expect(answer).toMatchObject({
    original: 'Tell me about databases',
    optimized: 'Tell me about databases and five words more too and five words more too',
    improvements: ['Longer.', 'Longer.'],
    metrics: {
      original_tokens: 4,
      optimized_tokens: 14,
      clarity_score: 0.7,
      specificity_score: 0.7,
      iterations: 2,
      overall: 0.7,
      original_overall: 0.2,
    },
    metadata: { calls: 5 },
  });
  expect(answer['stopped_by']).toBeUndefined();
  expect(progress.at(-1)).toEqual({ done: 2, of: 2, best: 0.7, calls: 5 });
});

test('what is no better is put aside, told to the model, and tried twice at most', async () => {
  const { run, questions } = promptWork((question, material) =>
    formOf(question) === 'judgement'
      ? likesLength(material['prompt'])
      : { critique: '', prompt: `Short ${Array.isArray(material['rejected'])}`, improvement: 'Shorter.' },
  );
  const answer = await run('optimize', { prompt: 'Tell me about databases', max_iterations: 9 });
  expect(answer).toMatchObject({
    optimized: 'Tell me about databases',
    improvements: [],
    metrics: { iterations: 2, original_overall: 0.2, overall: 0.2 },
  });
  expect(questions.filter((one) => formOf(one) === 'rewriting')[1]?.said[0]?.text).toContain('"Short false"');
});

/** Says "yes" only under a prompt that says how. */
const obedient: ScriptedModel = (question, material) => {
  if (formOf(question) === 'judgement') return likesLength(material['prompt']);
  if (formOf(question) === 'rewriting')
    return { ...longer({ prompt: 'Answer with yes or no.' }), prompt: 'Answer with yes or no.' };
  return question.instructions?.includes('yes or no') ? 'Yes.' : 'Well, that depends.';
};

test('with examples, what counts is what the prompt does with them', async () => {
  const { run, questions } = promptWork(obedient);
  const answer = await run('optimize', {
    prompt: 'Think about this question at length, from all sides, and tell me what you believe',
    examples: [
      { input: 'Is water wet?', output: 'yes' },
      { input: 'Is fire hot?', output: 'yes' },
    ],
  });
  expect(answer).toMatchObject({
    optimized: 'Answer with yes or no.',
    metrics: { accuracy: 1, overall: 1, original_overall: 0, iterations: 1 },
  });
  const rewriting = questions.find((one) => formOf(one) === 'rewriting');
  expect(JSON.parse(rewriting?.said[0]?.text ?? '')).toMatchObject({
    failures: [{ input: 'Is water wet?', wanted: 'yes', got: 'Well, that depends.' }, {}],
  });
});

test('a place for the input is filled, and nothing in the input is taken for a pattern', async () => {
  const { run, questions } = promptWork(obedient);
  const examples = [{ input: "$& and {{input}} $'", output: 'no' }];
  await run('optimize', { prompt: 'Q: {{input}}', max_iterations: 1, examples });
  const tried = questions.find((one) => formOf(one) === undefined);
  expect(tried).toMatchObject({ said: [{ role: 'user', text: "Q: $& and {{input}} $'" }] });
  expect(tried?.instructions).toBeUndefined();
});

test.each([
  ['exact', 'yes', 0],
  ['exact', 'Yes.', 1],
  ['match', ' "YES" ', 1],
  ['match', 'yes!', 1],
  ['match', 'yes it is', 0],
  ['judge', 'certainly', 0.5],
] as const)('an answer compared by %s with %s scores %d', async (scoring, output, score) => {
  const model: ScriptedModel = (question, material) => {
    if (formOf(question) === 'score') return { score: 0.5 };
    if (formOf(question) === 'rewriting') throw new GatewayError('upstream.overloaded', 'Busy.');
    return obedient(question, material);
  };
  const { run } = promptWork(model);
  const examples = [{ input: 'Is water wet?', output }];
  expect(await run('optimize', { prompt: 'Say yes or no.', max_iterations: 1, examples, scoring })).toMatchObject({
    metrics: { accuracy: score },
  });
});

test('a failure on the way leaves what was found, and says so', async () => {
  let rewritten = 0;
  const { run } = promptWork((question, material) => {
    if (formOf(question) === 'rewriting' && (rewritten += 1) === 2)
      throw new GatewayError('budget.exhausted', 'Nothing left.');
    return wordy(question, material);
  });
  expect(await run('optimize', { prompt: 'Tell me' })).toMatchObject({
    improvements: ['Longer.'],
    stopped_by: { code: 'budget.exhausted', message: 'Nothing left.' },
  });
});

test('a caller that goes away ends the work, and so does a failure before anything is known', async () => {
  const { run, cancellation, questions } = promptWork((question, material) => {
    if (formOf(question) === 'rewriting') cancellation.cancel(new GatewayError('request.cancelled', 'Gone.'));
    return wordy(question, material);
  });
  expect((await failureOf(run('optimize', { prompt: 'Tell me' }))).code).toBe('request.cancelled');
  expect(questions).toHaveLength(2);
  const failing = promptWork(() => {
    throw new GatewayError('upstream.auth', 'No.');
  });
  expect((await failureOf(failing.run('optimize', { prompt: 'Tell me' }))).code).toBe('upstream.auth');
});
