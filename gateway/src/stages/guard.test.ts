import { expect, test } from 'vitest';
import { ask, collect, failureOf, replyOf, said, turn } from '../../test/support.ts';
import { guards } from '../guards/index.ts';
import type { GuardRule } from '../model/guard.ts';
import { guard } from './guard.ts';

function stageOf(...rules: readonly Partial<GuardRule>[]) {
  const usual = {
    name: 'g',
    category: 'toxic',
    on: ['input', 'output'],
    action: 'block',
    threshold: 0.5,
    default: true,
  } as const;
  return guard({ rules: rules.map((rule) => ({ ...usual, ...rule })), windowCharacters: 200 }, guards);
}

const asking = (content: string, switches = {}) =>
  turn({ ask: ask({ messages: [{ role: 'user', content }] }), switches });
const RUDE = 'You are a stupid idiot';

test('without guards a turn costs nothing, but one that names a guard is looked at', () => {
  expect(stageOf().wants?.(asking('Hello'))).toBe(false);
  expect(stageOf({ default: false }).wants?.(asking('Hello'))).toBe(false);
  expect(stageOf().wants?.(asking('Hello', { guardrails: ['g'] }))).toBe(true);
  expect(stageOf({}).wants?.(asking('Hello'))).toBe(true);
});

test('what is blocked throws, what is masked is taken out, what is flagged is noted', async () => {
  expect(await failureOf(() => stageOf({}).run(asking(RUDE)))).toMatchObject({ code: 'guard.blocked', status: 400 });
  const masked = await stageOf({ action: 'mask' }).run(asking(`${RUDE}!`));
  expect(masked.request?.messages[0]?.content).toEqual([{ type: 'text', text: '[removed: toxic]!' }]);
  const flagged = await stageOf({ action: 'flag' }).run(asking(RUDE));
  expect([flagged.request, flagged.note]).toEqual([undefined, { flagged: 'g' }]);
});

test('guards that only flag leave the bytes alone, and note what they see on the way back', async () => {
  const step = await stageOf({ action: 'flag' }).run(asking('Hello'));
  expect(step.onReply).toBeUndefined();
  for (const event of said('You are a stu', 'pid idiot')) expect(step.watch?.(event)).toBeUndefined();
  expect(step.note).toEqual({ flagged: 'g' });
});

test('an answer is judged before it is heard', async () => {
  const step = await stageOf({ on: ['output'] }).run(asking(RUDE));
  const heard = await failureOf(
    collect(step.onReply?.(replyOf(said('You are a stu', 'pid idiot')).events) ?? replyOf([]).events),
  );
  expect(heard).toMatchObject({ code: 'guard.blocked', message: expect.stringContaining('answer') });
});

test('a request can’t switch a guard off, and can’t name one that doesn’t exist', async () => {
  expect((await failureOf(() => stageOf({}).run(asking(RUDE, { guardrails: [] })))).code).toBe('guard.blocked');
  const unknown = await failureOf(() => stageOf({}).run(asking('Hello', { guardrails: ['h'] })));
  expect(unknown).toMatchObject({ code: 'request.invalid', details: { param: 'guardrails' } });
});
