import { expect, test } from 'vitest';
import { failureOf, frameList, replyOf, said, sse } from '../../test/support.ts';
import { GatewayError } from '../model/error.ts';
import type { Reply, Wire } from '../model/reply.ts';
import { speech, type Speech } from './egress.ts';

const FRAMES = frameList(said('Hello', ' you'));
const CHAT_STREAM: Wire = { dialect: 'openai-chat', form: 'sse' };
const OPTIONS = { model: 'the-model', usage: true };

async function all(spoken: Speech): Promise<string> {
  const pieces: Buffer[] = [];
  for (let bytes = await spoken.next(); bytes; bytes = await spoken.next()) pieces.push(bytes);
  expect(await spoken.next()).toBeUndefined();
  return Buffer.concat(pieces).toString();
}

test('frames in the caller’s own dialect pass through, save for the model’s name', async () => {
  const text = await all(speech(sse(FRAMES), CHAT_STREAM, OPTIONS));
  expect(text).toBe(Buffer.concat(FRAMES).toString().replaceAll('upstream-model', 'the-model'));
});

test('usage that nobody asked for is withheld, and the rest stays', async () => {
  const text = await all(speech(sse(FRAMES), CHAT_STREAM, { ...OPTIONS, usage: false }));
  expect(text).not.toContain('prompt_tokens');
  expect(text).toMatch(/Hello.*\[DONE\]\n\n$/s);
});

test('a frame that says nothing in the caller’s dialect is skipped, not taken for the end', async () => {
  const pings = sse([Buffer.from(': ping\n\n'), ...FRAMES]);
  const text = await all(speech(pings, { dialect: 'anthropic-messages', form: 'sse' }, OPTIONS));
  expect(text).toMatch(/message_start.*Hello.*message_stop/s);
});

test.each([
  ['openai-chat', 'sse'],
  ['openai-chat', 'json'],
  ['openai-completions', 'sse'],
  ['openai-completions', 'json'],
  ['anthropic-messages', 'sse'],
  ['anthropic-messages', 'json'],
] as const)('every kind of reply can be said as %s %s', async (dialect, form) => {
  const replies: Reply[] = [
    replyOf(said('Hello', ' you')),
    sse(FRAMES),
    { ...sse(frameList(said('Hello', ' you'), 'json')), wire: { dialect: 'openai-chat', form: 'json' } },
  ];
  for (const reply of replies) {
    const text = await all(speech(reply, { dialect, form }, OPTIONS));
    expect(text).toMatch(/Hello/);
    expect(text).toContain('the-model');
    if (form === 'json') JSON.parse(text);
  }
});

test('what ends the reply is thrown', async () => {
  const broke = new GatewayError('upstream.broke', 'reset');
  const source = sse(FRAMES.slice(0, 1), () => {
    throw broke;
  });
  expect(await failureOf(all(speech(source, CHAT_STREAM, OPTIONS)))).toBe(broke);
});

test('a frame that can’t be translated is the provider’s failure', async () => {
  const source = sse([Buffer.from('data: {"choices": nonsense\n\n')]);
  const spoken = speech(source, { dialect: 'anthropic-messages', form: 'sse' }, OPTIONS);
  expect((await failureOf(all(spoken))).code).toBe('upstream.bad-response');
});

test.each([
  ['openai-chat', /^data: \{"error":/],
  ['openai-completions', /^data: \{"error":/],
  ['anthropic-messages', /^event: error\ndata: /],
] as const)('an error in the middle is said as %s says it, without an end mark', async (dialect, shape) => {
  for (const reply of [sse(FRAMES), replyOf(said('Hello'))]) {
    const spoken = speech(reply, { dialect, form: 'sse' }, OPTIONS);
    await spoken.next();
    const text = spoken.failed(new GatewayError('upstream.broke', 'It broke.')).toString();
    expect(text).toMatch(shape);
    expect(text).toContain('It broke.');
    expect(text).not.toMatch(/\[DONE\]|message_stop/);
    expect(text).toMatch(/\n\n$/);
  }
});

test('who stops listening lets the reply go, and hears nothing more', async () => {
  const source = sse(FRAMES);
  const spoken = speech(source, CHAT_STREAM, OPTIONS);
  await spoken.next();
  await spoken.stop();
  expect(await spoken.next()).toBeUndefined();
  expect(source.isLeft()).toBe(true);
});

test('stopping with a reason, twice or at the end does no harm', async () => {
  const source = sse(FRAMES);
  const spoken = speech(source, CHAT_STREAM, OPTIONS);
  await spoken.next();
  await spoken.stop(new GatewayError('upstream.timeout', 'late'));
  await spoken.stop();
  expect(source.isLeft()).toBe(true);
  const whole = speech(sse(FRAMES), CHAT_STREAM, OPTIONS);
  await all(whole);
  await whole.stop(new GatewayError('upstream.timeout', 'late'));
});
