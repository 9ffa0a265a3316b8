import { expect, test } from 'vitest';
import { ask, deployment, failureOf, provider, turn } from '../../test/support.ts';
import { dialects } from '../dialects/index.ts';
import type { Turn } from '../model/turn.ts';
import type { Endpoint, HttpProvider } from '../providers/contract.ts';
import { addressed, type HttpDeployment } from './address.ts';

function to(overrides: Partial<HttpDeployment> = {}): HttpDeployment {
  return deployment(overrides) as HttpDeployment;
}

function pairs(flat: readonly string[]): [string, string][] {
  return flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? ''] as [string, string]] : []));
}

test('the question goes to the deployment’s address, signed with its key', () => {
  const { request } = addressed(turn(), to(), false);
  expect(request).toMatchObject({ method: 'POST', origin: 'https://acme.test', path: '/v1/chat/completions' });
  expect(Object.fromEntries(pairs(request.headers))).toMatchObject({
    authorization: 'Bearer sk-CANARY-provider-key',
    'content-type': 'application/json',
    'accept-encoding': 'identity',
  });
});

test('the caller’s own bytes go out, save for the model’s name', () => {
  const text = '{ "model" : "the-model", "brand_new_field": [1,  2], "messages": [{"role":"user","content":"Hi"}] }';
  const body = JSON.parse(text) as Record<string, unknown>;
  const asked = dialects['openai-chat'].readRequest({ dialect: 'openai-chat', bytes: Buffer.from(text), body });
  const { request } = addressed(turn({ ask: asked }), to(), false);
  expect(String(request.body)).toBe(text.replace('the-model', 'upstream-model'));
});

test('the caller’s wishes to the gateway are taken out of the bytes', () => {
  const text = '{"num_retries":3,"model":"the-model","tags":["x"],"messages":[{"role":"user","content":"Hi"}]}';
  const body = { model: 'the-model', messages: [{ role: 'user', content: 'Hi' }] };
  const asked = dialects['openai-chat'].readRequest({ dialect: 'openai-chat', bytes: Buffer.from(text), body });
  const { request } = addressed(turn({ ask: asked, ownFields: ['num_retries', 'tags'] }), to(), false);
  expect(String(request.body)).toBe('{"model":"upstream-model","messages":[{"role":"user","content":"Hi"}]}');
});

test('a caller’s header goes along only where the provider asks for it', () => {
  const headers = { 'x-wanted': '1', 'x-other': '2', authorization: 'Bearer caller', cookie: 'c' };
  const by = provider({ forwards: ['x-wanted'] });
  const sent = Object.fromEntries(pairs(addressed(turn({ headers }), to({ provider: by }), false).request.headers));
  expect(sent['x-wanted']).toBe('1');
  expect(JSON.stringify(sent)).not.toMatch(/caller|x-other|cookie/);
});

test('a configured header wins, however it is spelt, and stands once', () => {
  const headers = { Authorization: 'Own scheme', 'User-Agent': 'ours', 'Content-Type': 'application/json; v=2' };
  const sent = pairs(addressed(turn(), to({ headers }), false).request.headers);
  const names = sent.map(([name]) => name.toLowerCase());
  expect(names).toEqual([...new Set(names)]);
  expect(sent.map(([, value]) => value)).toEqual(expect.arrayContaining(Object.values(headers)));
});

const chat = dialects['openai-chat'];
const texts = dialects['openai-completions'];

function endpointsAsked(endpoints: HttpProvider['chat'], of: Turn, model: string): string {
  return addressed(of, to({ provider: provider({ chat: endpoints }), model }), true).request.path;
}

test('the caller’s own dialect is spoken where the provider has it, else the first that has the model', () => {
  const both: [Endpoint, ...Endpoint[]] = [
    { dialect: chat, path: '/chat' },
    { dialect: texts, path: '/texts' },
  ];
  const asText = turn({ dialect: 'openai-completions', ask: ask({ prompt: 'Hi' }, 'openai-completions') });
  expect(endpointsAsked(both, turn(), 'm')).toBe('/v1/chat');
  expect(endpointsAsked(both, asText, 'm')).toBe('/v1/texts');
  expect(endpointsAsked([both[0]], asText, 'm')).toBe('/v1/chat');
});

test('an endpoint that has only some models is asked for those alone', () => {
  const some: [Endpoint, ...Endpoint[]] = [
    { dialect: chat, path: '/chat' },
    { dialect: texts, path: '/texts', models: [/^davinci/] },
  ];
  const asText = turn({ dialect: 'openai-completions', ask: ask({ prompt: 'Hi' }, 'openai-completions') });
  expect(endpointsAsked(some, asText, 'davinci-002')).toBe('/v1/texts');
  expect(endpointsAsked(some, asText, 'gpt-9')).toBe('/v1/chat');
});

const LACKING = provider({ chat: [{ dialect: chat, path: '/chat', lacks: ['seed', 'logit_bias'] }] });

test('a parameter that the target lacks is an error that names it', async () => {
  const asked = turn({ ask: ask({ seed: 7 }) });
  const error = await failureOf(() => addressed(asked, to({ provider: LACKING }), false));
  expect(error).toMatchObject({ code: 'request.unsupported', status: 400 });
  expect(error.details.param).toBe('seed');
});

test('with permission it is dropped, and said', () => {
  const asked = turn({ ask: ask({ seed: 7, top_p: 0.5 }) });
  const { request, notices } = addressed(asked, to({ provider: LACKING }), true);
  expect(JSON.parse(String(request.body))).toMatchObject({ top_p: 0.5 });
  expect(String(request.body)).not.toContain('seed');
  expect(notices).toEqual(['dropped seed: acme has no such parameter']);
});

test('a parameter that says nothing is no error', () => {
  expect(addressed(turn({ ask: ask({ seed: null }) }), to({ provider: LACKING }), false).notices).toEqual([]);
});

test('another dialect is written anew, and what it can’t say is an error or a notice', async () => {
  const claude = provider({ chat: [{ dialect: dialects['anthropic-messages'], path: '/messages' }] });
  const asked = turn({ ask: ask({ seed: 7, max_tokens: 5 }) });
  const error = await failureOf(() => addressed(asked, to({ provider: claude }), false));
  expect(error).toMatchObject({ code: 'request.unsupported' });
  const { request, notices } = addressed(asked, to({ provider: claude }), true);
  expect(JSON.parse(String(request.body))).toMatchObject({ model: 'upstream-model', max_tokens: 5 });
  expect(notices.join()).toContain('seed');
});

test('an abyss of brackets that has to be written anew is the caller’s fault', async () => {
  const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
  const text = `{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f","parameters":${deep}}}]}`;
  const body = JSON.parse(text) as Record<string, unknown>;
  const asked = dialects['openai-chat'].readRequest({ dialect: 'openai-chat', bytes: Buffer.from(text), body });
  const claude = provider({ chat: [{ dialect: dialects['anthropic-messages'], path: '/messages' }] });
  const error = await failureOf(() => addressed(turn({ ask: asked }), to({ provider: claude }), true));
  expect(error.code).toBe('request.invalid');
});

test('a path may depend on the model, on streaming and on fields', () => {
  const path: Endpoint['path'] = ({ model, stream, fields }) =>
    `/${fields['zone']}/${model}:${stream ? 'stream' : 'whole'}`;
  const by = provider({ chat: [{ dialect: dialects['openai-chat'], path }] });
  const { request } = addressed(turn(), to({ provider: by, fields: { zone: 'z1' } }), false);
  expect(request.path).toBe('/v1/z1/upstream-model:stream');
});
