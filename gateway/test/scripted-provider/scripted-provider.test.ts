import { readFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as acts from './acts.ts';
import { behave } from './behaviour.ts';
import { FAST_EVENTS, FAST_REPLIES, FAST_TEXT } from './fast-replies.ts';
import { NAMED_ACTS, namedScript } from './named-acts.ts';
import { byModel, failing } from './script.ts';
import { startScriptedProvider } from './scripted-provider.ts';
import type { ScriptedProvider } from './scripted-provider.ts';

let provider: ScriptedProvider;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
beforeAll(async () => {
  provider = await startScriptedProvider();
});
afterAll(async () => {
  agent.destroy();
  await provider.close();
});

const CHAT = '/v1/chat/completions';
const MESSAGES = '/v1/messages';

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  readonly text: string;
  /** How the reading broke off, if it did. */
  readonly broke: string | undefined;
}

interface Asking {
  readonly path?: string;
  readonly more?: Record<string, unknown>;
  readonly headers?: Record<string, string>;
  readonly from?: ScriptedProvider;
}

/** Sends a chat request and reads the answer to its end, be it good or bad. */
function ask(model: string, { path = CHAT, more = {}, headers = {}, from = provider }: Asking = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(from.url + path, { method: 'POST', headers, agent }, (got) => {
      const parts: Buffer[] = [];
      const done = (broke?: string): void => {
        const body = Buffer.concat(parts);
        resolve({ status: got.statusCode ?? 0, headers: got.headers, body, text: body.toString(), broke });
      };
      got.on('data', (part: Buffer) => parts.push(part));
      got.on('end', () => done());
      // Node reports a reset to the request as well, after the response has begun; the first report counts.
      sent.on('error', (error: NodeJS.ErrnoException) => done(error.code));
      got.on('error', (error: NodeJS.ErrnoException) => done(error.code));
    });
    sent.on('error', (error) => setImmediate(reject, error));
    sent.end(JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }], ...more }));
  });
}

const streamed = { more: { stream: true } };
const dataOf = (text: string): string[] => [...text.matchAll(/^data: (.*)$/gm)].map(([, json]) => json ?? '');
const said = (text: string): string =>
  dataOf(text)
    .filter((json) => json.includes('"choices"'))
    .map((json) => JSON.parse(json).choices[0]?.delta.content ?? '')
    .join('');

test('a plain name is answered in JSON, with the model that was asked for', async () => {
  const { status, text } = await ask('gpt-4o-mini');
  const reply = JSON.parse(text);
  expect(status).toBe(200);
  expect(reply).toMatchObject({ object: 'chat.completion', model: 'gpt-4o-mini' });
  expect(reply.choices[0]).toMatchObject({ finish_reason: 'stop', message: { role: 'assistant' } });
});

test('a stream says the same words as the JSON, one by one, and ends with the mark', async () => {
  const { text } = await ask('say:one two  three', streamed);
  expect(said(text)).toBe('one two  three');
  expect(dataOf(text)).toHaveLength(6);
  expect(dataOf(text).at(-1)).toBe('[DONE]');
});

test('OpenAI reports usage in a stream only when asked', async () => {
  const options = { stream: true, stream_options: { include_usage: true } };
  const asked = await ask('usage:7:3:2', { more: options });
  expect(JSON.parse(dataOf(asked.text).at(-2) ?? '')).toMatchObject({
    choices: [],
    usage: { prompt_tokens: 7, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 2 } },
  });
  expect((await ask('usage:7:3', streamed)).text).not.toContain('"usage":');
  expect((await ask('no-usage', { more: options })).text).not.toContain('prompt_tokens');
});

test('Anthropic streams named events in their order', async () => {
  const { text } = await ask('say:Hi', { path: MESSAGES, ...streamed });
  expect([...text.matchAll(/^event: (.*)$/gm)].map(([, name]) => name)).toEqual([
    'message_start',
    'content_block_start',
    'content_block_delta',
    'content_block_stop',
    'message_delta',
    'message_stop',
  ]);
});

test('legacy completions, the model list and counts are there, and what isn’t is properly absent', async () => {
  expect(JSON.parse((await ask('echo', { path: '/v1/completions', more: { prompt: 'Say it' } })).text)).toMatchObject({
    object: 'text_completion',
    choices: [{ text: 'Say it' }],
  });
  expect(JSON.parse((await ask('', { path: '/v1/models' })).text)).toMatchObject({ object: 'list' });
  const counted = await ask('', { path: '/v1/messages/count_tokens' });
  expect(JSON.parse(counted.text)).toEqual({ input_tokens: expect.any(Number) as number });
  const absent = await ask('', { path: '/v1/messages/batches' });
  expect(absent.status).toBe(404);
  expect(JSON.parse(absent.text)).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
});

test('a tool is called first, and its result is answered with the text', async () => {
  const model = 'tool:weather:{"city":"Oslo+1"}+say:Sunny';
  const called = JSON.parse((await ask(model)).text).choices[0];
  expect(called.finish_reason).toBe('tool_calls');
  expect(called.message.tool_calls[0].function).toEqual({ name: 'weather', arguments: '{"city":"Oslo+1"}' });
  const messages = [{ role: 'tool', tool_call_id: called.message.tool_calls[0].id, content: 'clear' }];
  expect(JSON.parse((await ask(model, { more: { messages } })).text).choices[0].message.content).toBe('Sunny');
});

test('a streamed Anthropic tool call has its whole input in its deltas, and a result is answered', async () => {
  const model = 'tool:weather:{"city":"Oslo"}+say:Sunny';
  const events = dataOf((await ask(model, { path: MESSAGES, ...streamed })).text).map((json) => JSON.parse(json));
  const input = events.map((event) => event.delta?.partial_json ?? '').join('');
  expect(JSON.parse(input)).toEqual({ city: 'Oslo' });
  const messages = [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'x', content: 'clear' }] }];
  const reply = JSON.parse((await ask(model, { path: MESSAGES, more: { messages } })).text);
  expect(reply.content).toEqual([{ type: 'text', text: 'Sunny' }]);
});

test('several choices are said side by side', async () => {
  const events = dataOf((await ask('say:a b', { more: { stream: true, n: 2 } })).text).slice(0, -1);
  expect(events.map((json) => JSON.parse(json).choices[0].index)).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
});

test('an error has its status, its headers and the shape of its dialect', async () => {
  const refused = await ask('status:429:Slow down+retry-after:2+retry-after-ms:1500');
  expect([refused.status, refused.headers['retry-after'], refused.headers['retry-after-ms']]).toEqual([
    429,
    '2',
    '1500',
  ]);
  expect(JSON.parse(refused.text).error).toMatchObject({ message: 'Slow down', code: 'rate_limit_exceeded' });
  const overloaded = await ask('status:529', { path: MESSAGES, ...streamed });
  expect(JSON.parse(overloaded.text)).toMatchObject({ type: 'error', error: { type: 'overloaded_error' } });
});

test.each([
  ['html', 503, /^text\/html/, /<h1>/],
  ['html:200', 200, /^text\/html/, /<h1>/],
  ['type:text/plain', 200, /^text\/plain/, /chatcmpl/],
  ['empty', 200, /json/, /^$/],
  ['null-choices', 200, /json/, /"choices":null/],
  ['redirect:http://127.0.0.1:9/x', 307, /json/, /^$/],
])('%s answers what a broken provider answers', async (model, status, type, body) => {
  const answer = await ask(model);
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toMatch(type);
  expect(answer.text).toMatch(body);
});

test.each(['malformed', 'truncated'])('%s is a clean answer that is no JSON', async (model) => {
  const { status, text, broke } = await ask(model);
  expect([status, broke]).toEqual([200, undefined]);
  expect(() => JSON.parse(text)).toThrow(SyntaxError);
});

test('gzip can be read, bad gzip cannot', async () => {
  const good = await ask('gzip');
  expect(good.headers['content-encoding']).toBe('gzip');
  expect(JSON.parse(gunzipSync(good.body).toString())).toHaveProperty('choices');
  const bad = await ask('bad-gzip');
  expect(() => gunzipSync(bad.body)).toThrow();
});

test('the same words come through in single bytes, in CRLF lines and among pings', async () => {
  for (const model of ['pieces:1', 'crlf', 'pings', 'pieces:7+crlf+pings']) {
    const { text } = await ask(`say:Grüße, 世界 👋+${model}`, streamed);
    expect(said(text.replaceAll('\r\n', '\n'))).toBe('Grüße, 世界 👋');
  }
  expect((await ask('crlf', streamed)).text).toMatch(/^data: .*\r\n\r\ndata: /);
});

test.each([
  ['cut-rst:3', 'ECONNRESET', 3],
  ['cut-fin:3', 'ECONNRESET', 3],
  ['cut-eof:3', undefined, 3],
  ['cut-rst:0', 'ECONNRESET', 0],
])('%s ends a stream after so many events', async (model, broke, events) => {
  const answer = await ask(model, streamed);
  expect(answer.broke).toBe(broke);
  expect(dataOf(answer.text)).toHaveLength(events);
  expect(answer.text).not.toContain('[DONE]');
});

test('a cut at a byte leaves exactly so many bytes, and the request is known as cut', async () => {
  const seen = provider.requests.length;
  expect((await ask('cut-fin-byte:17')).body).toHaveLength(17);
  expect((await ask('cut-eof-byte:330', streamed)).body).toHaveLength(330);
  expect(provider.requests.slice(seen).map(({ ending }) => ending)).toEqual(['cut', 'cut']);
});

test('a short body breaks off, and two lengths are refused by a strict client', async () => {
  expect((await ask('short')).broke).toBe('ECONNRESET');
  await expect(ask('double-length')).rejects.toThrow(/Content-Length/i);
  await expect(ask('broken-header')).rejects.toThrow(/header/i);
  await expect(ask('refuse')).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('a stream can hold a line that is no JSON, an error of its own, a frame too large and a doubled start', async () => {
  const broken = dataOf((await ask('malformed-line:2', streamed)).text);
  expect(() => JSON.parse(broken[1] ?? '')).toThrow(SyntaxError);
  const failed = dataOf((await ask('error-frame:3', streamed)).text);
  expect(failed).toHaveLength(3);
  expect(JSON.parse(failed[2] ?? '')).toHaveProperty('error.message');
  expect((await ask('oversize:100000', streamed)).body.length).toBeGreaterThan(100_000);
  const twice = dataOf((await ask('doubled-start', streamed)).text);
  expect(twice[0]).toBe(twice[1]);
});

test('headers of one hop and cookies are sent, so that a gateway can be seen to take them out', async () => {
  const { headers } = await ask('hop-headers+header:x-extra:a:b');
  expect(headers).toMatchObject({ 'set-cookie': [expect.stringContaining('secret')], 'x-extra': 'a:b' });
  expect(headers).toHaveProperty('x-hop');
});

test('a name can come by path or header, and an act that does not exist is told', async () => {
  expect(JSON.parse((await ask('gpt', { path: `/s/say:by%20path${CHAT}` })).text).choices[0].message.content).toBe(
    'by path',
  );
  expect((await ask('gpt', { headers: { 'x-script': 'status:401' } })).status).toBe(401);
  const unknown = await ask('cut-rts:3');
  expect([unknown.status, unknown.text.includes('cut-rst')]).toEqual([404, true]);
  expect((await ask('tool:x:{"no": json')).text).toContain('The script failed');
});

test('flaky fails so many times and then answers', async () => {
  const answers = [await ask('flaky:2:503+say:Up'), await ask('flaky:2:503+say:Up'), await ask('flaky:2:503+say:Up')];
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 200]);
  expect(answers[2]?.text).toContain('"Up"');
});

test('a caller that goes away is noticed, wherever the reply stands', async () => {
  const own = await startScriptedProvider();
  const places = [CHAT, ...['silent-start', 'stall:3', 'paced:1000'].map((name) => `/s/${name}${CHAT}`)];
  for (const [index, path] of places.entries()) {
    const sent = httpRequest(own.url + path, { method: 'POST' });
    sent.on('error', () => {});
    sent.end(JSON.stringify({ model: 'silent', stream: true }));
    const request = await own.arrived(index + 1);
    expect(own.connections).toBe(1);
    sent.destroy();
    expect(await request.ended).toBe('aborted');
  }
  await own.close();
});

test('a stall goes on when its promise comes true', async () => {
  let release: () => void = () => {};
  const until = new Promise<void>((resolve) => (release = resolve));
  const own = await startScriptedProvider({ script: behave(acts.words(3), acts.stall({ event: 2 }, until)) });
  const answer = ask('m', { from: own, ...streamed });
  const request = await own.arrived(1);
  expect(request.ending).toBeUndefined();
  release();
  expect(said((await answer).text)).toBe('word1 word2 word3');
  expect(await request.ended).toBe('answered');
  await own.close();
});

test('a script can be code: by model, in turn, and changed on the way', async () => {
  const own = await startScriptedProvider({
    script: byModel({ a: failing(1, acts.status(500)), b: (request) => acts.say(request.method) }, acts.say('rest')),
  });
  const statuses = [(await ask('a', { from: own })).status, (await ask('a', { from: own })).status];
  expect(statuses).toEqual([500, 200]);
  expect((await ask('b', { from: own })).text).toContain('"POST"');
  own.perform(acts.body('any bytes'));
  expect((await ask('c', { from: own, ...streamed })).text).toBe('any bytes');
  own.perform(namedScript());
  expect((await ask('status:418', { from: own })).status).toBe(418);
  expect(own.requests.map(({ model, number }) => `${number} ${model}`)).toEqual([
    '1 a',
    '2 a',
    '3 b',
    '4 c',
    '5 status:418',
  ]);
  expect([own.accepted, own.connections]).toEqual([1, 1]);
  await own.close();
});

test('a large request is read whole, also when it waits for a 100 or comes in chunks', async () => {
  const content = 'ä'.repeat(2_000_000);
  const more = { messages: [{ role: 'user', content }] };
  const seen = provider.requests.length;
  await ask('ok', { more, headers: { expect: '100-continue' } });
  await ask('ok', { more, headers: { 'transfer-encoding': 'chunked' } });
  expect(provider.requests.slice(seen).map(({ body }) => JSON.parse(body.toString()).messages[0].content)).toEqual([
    content,
    content,
  ]);
});

test('a large body arrives whole', async () => {
  expect(JSON.parse((await ask('large:3000000')).text).choices[0].message.content).toHaveLength(3_000_000);
});

test('the fast replies are what the bench believes they are', async () => {
  const plain = await ask('x', { path: `/fast${CHAT}` });
  expect(JSON.parse(plain.text).choices[0].message.content).toBe(FAST_TEXT);
  for (const kind of ['paced', 'burst'] as const) {
    const data = dataOf((await ask('x', { path: `/fast-${kind}${CHAT}` })).text);
    expect(data.filter((json) => /"content":" ?word/.test(json))).toHaveLength(FAST_EVENTS[kind]);
    expect(data.at(-1)).toBe('[DONE]');
  }
  expect(FAST_REPLIES.size).toBe(4);
});

test('the README lists every act', () => {
  const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
  const listed = [...readme.matchAll(/^\| `([a-z-]+)/gm)].map(([, name]) => name);
  expect(new Set(listed)).toEqual(new Set([...Object.keys(NAMED_ACTS), 'flaky']));
});
