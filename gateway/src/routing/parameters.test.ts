import { expect, test } from 'vitest';
import { settingAt } from '../../test/requests.ts';
import { ask, deployment, failureOf, provider, turn } from '../../test/support.ts';
import { dialects } from '../dialects/index.ts';
import { Ask } from '../model/request.ts';
import type { Switches } from '../model/turn.ts';
import type { ParameterRule } from '../providers/contract.ts';
import { anthropic } from '../providers/anthropic.ts';
import { openai } from '../providers/openai.ts';
import { addressed, type HttpDeployment } from './address.ts';

function to(overrides: Partial<HttpDeployment> = {}): HttpDeployment {
  return deployment(overrides) as HttpDeployment;
}

const ruled = (...rules: ParameterRule[]) =>
  provider({ chat: [{ dialect: dialects['openai-chat'], path: '/chat', rules }] });
const claude = provider({ chat: [{ dialect: dialects['anthropic-messages'], path: '/messages' }] });

function sent(fields: Record<string, unknown>, of: Partial<HttpDeployment>, switches: Switches = {}, drop = false) {
  const { request, notices } = addressed(turn({ ask: ask(fields), switches }), to(of), drop);
  return { json: JSON.parse(String(request.body)) as Record<string, unknown>, notices };
}

const TOOLS = [
  { type: 'function', function: { name: 'f', parameters: { type: 'object' }, strict: true } },
  { type: 'function', function: { name: 'g', parameters: { type: 'object' } } },
];

test('what the operator or the caller wants dropped never goes out, and is said', () => {
  const { json, notices } = sent(
    { seed: 7, top_p: 0.5, tools: TOOLS },
    { additionalDropParams: ['seed', 'nothing'] },
    { additionalDropParams: ['tools[*].function.strict'] },
  );
  expect(json).not.toHaveProperty('seed');
  expect(json['top_p']).toBe(0.5);
  expect(JSON.stringify(json['tools'])).not.toContain('strict');
  expect(notices).toEqual([
    'dropped seed: additional_drop_params',
    'dropped tools[*].function.strict: additional_drop_params',
  ]);
});

test('it is dropped in the caller’s own words, whatever the target speaks', () => {
  const { json, notices } = sent(
    { seed: 7, max_tokens: 5, stop: ['x'] },
    { provider: claude, additionalDropParams: ['seed', 'stop'] },
  );
  expect(json).not.toHaveProperty('stop_sequences');
  expect(notices).toHaveLength(2);
});

test('and where a stage has changed the question', () => {
  const changed = turn({ ask: Ask.made({ ...ask({ seed: 7 }).look() }) });
  const { request } = addressed(changed, to({ additionalDropParams: ['seed'] }), false);
  expect(String(request.body)).not.toContain('seed');
});

test.each(Object.values(dialects))('whichever wire the caller speaks: $id', ({ id }) => {
  const request = { ...ask({}).look(), temperature: 0.3, maxOutputTokens: 5 };
  const changed = turn({ dialect: id, ask: Ask.made(request) });
  const path = settingAt(id, 'temperature');
  const { request: out, notices } = addressed(changed, to({ additionalDropParams: [path] }), true);
  expect(String(out.body)).not.toContain('temperature');
  expect(notices).toContain(`dropped ${path}: additional_drop_params`);
});

test('the caller’s own switches stay out of a question that is read again', () => {
  const text = '{"model":"m","tags":["x"],"seed":1,"max_tokens":9,"messages":[{"role":"user","content":"Hi"}]}';
  const body = { model: 'm', seed: 1, max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] };
  const asked = dialects['openai-chat'].readRequest({ dialect: 'openai-chat', bytes: Buffer.from(text), body });
  const own = turn({ ask: asked, ownFields: ['tags'] });
  const { request, notices } = addressed(own, to({ provider: claude, additionalDropParams: ['seed'] }), false);
  expect(String(request.body)).not.toContain('tags');
  expect(notices).toHaveLength(1);
});

test('without these there is no question, so they stay', () => {
  const { json } = sent({}, { additionalDropParams: ['model', 'messages'] });
  expect(json).toHaveProperty('messages');
});

test('what is allowed goes out, though the target is thought to lack it', () => {
  const lacking = ruled({ lacks: ['seed'] });
  expect(sent({ seed: 7 }, { provider: lacking, allowedOpenaiParams: ['seed'] }).json['seed']).toBe(7);
  expect(sent({ seed: 7 }, { provider: lacking }, { allowedOpenaiParams: ['seed'] }).json['seed']).toBe(7);
});

test('even in another dialect, as the caller wrote it', () => {
  const allowed = { allowedOpenaiParams: ['seed', 'logit_bias'] };
  const { json, notices } = sent({ seed: 7, logit_bias: { 5: 1 }, max_tokens: 5 }, { provider: claude }, allowed);
  expect(json).toMatchObject({ seed: 7, logit_bias: { 5: 1 }, max_tokens: 5 });
  expect(notices).toEqual([]);
});

test('a rule holds for its models alone', async () => {
  const by = ruled({ models: /^thinks/, lacks: ['seed'] });
  expect(sent({ seed: 7 }, { provider: by, model: 'talks' }).json['seed']).toBe(7);
  const error = await failureOf(() => sent({ seed: 7 }, { provider: by, model: 'thinks-1' }));
  expect(error).toMatchObject({ code: 'request.unsupported', details: { param: 'seed' } });
});

test('a field that is known by another name gets that, once', () => {
  const by = ruled({ renames: { max_tokens: 'max_completion_tokens' } });
  const { json } = sent({ max_tokens: 5 }, { provider: by });
  expect(json).toMatchObject({ max_completion_tokens: 5 });
  expect(json).not.toHaveProperty('max_tokens');
  const both = sent({ max_tokens: 5, max_completion_tokens: 6 }, { provider: by }).json;
  expect(both).toMatchObject({ max_completion_tokens: 6 });
  expect(both).not.toHaveProperty('max_tokens');
});

test('a provider that can’t be asked for usage isn’t, and nobody is refused for wishing it', () => {
  const by = provider({ chat: [{ dialect: dialects['openai-chat'], path: '/chat', lacks: ['stream_options'] }] });
  const silent = sent({ stream: true }, { provider: by });
  expect(silent.json).not.toHaveProperty('stream_options');
  expect(silent.notices).toEqual([]);
  const wished = sent({ stream: true, stream_options: { include_usage: true } }, { provider: by });
  expect(wished.json).not.toHaveProperty('stream_options');
  expect(wished.notices).toEqual(['dropped stream_options: acme has no such parameter']);
});

test.each([
  [openai, 'o3', { temperature: 0.2 }, 'temperature'],
  [openai, 'o3', { temperature: 1, max_tokens: 5 }, undefined],
  [openai, 'o4-mini', { stop: ['x'] }, 'stop'],
  [openai, 'gpt-5', { logprobs: true }, 'logprobs'],
  [openai, 'gpt-5-mini', { presence_penalty: 0.5 }, 'presence_penalty'],
  [openai, 'gpt-5-chat-latest', { temperature: 0.2 }, undefined],
  [openai, 'gpt-5.1', { temperature: 0.2 }, undefined],
  [openai, 'gpt-5.1', { temperature: 0.2, reasoning_effort: 'none' }, undefined],
  [openai, 'gpt-5.1', { temperature: 0.2, reasoning_effort: 'low' }, 'temperature'],
  [openai, 'gpt-4o', { temperature: 0.2, logprobs: true, stop: ['x'] }, undefined],
  [anthropic, 'claude-opus-4-7', { temperature: 1, max_tokens: 5 }, 'temperature'],
  [anthropic, 'claude-sonnet-4-5', { temperature: 1, top_p: 0.5, max_tokens: 5 }, 'top_p'],
  [anthropic, 'claude-sonnet-4-5', { top_p: 0.5, max_tokens: 5 }, undefined],
])('$id/%s takes %o or refuses %s', async (by, model, fields, refused) => {
  const ask = () => sent(fields, { provider: by, model });
  if (refused === undefined) expect(ask().notices).toEqual([]);
  else expect(await failureOf(ask)).toMatchObject({ details: { param: refused } });
  const { json, notices } = sent(fields, { provider: by, model }, {}, true);
  if (refused !== undefined) expect(json).not.toHaveProperty(refused);
  expect(notices.join()).toContain(refused ?? '');
});

test('the value that would be taken is said', async () => {
  const error = await failureOf(() => sent({ temperature: 0 }, { provider: openai, model: 'o3' }));
  expect(error.message).toContain('only as 1');
});
