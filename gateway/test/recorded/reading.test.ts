import { expect, test } from 'vitest';
import { dialects } from '../../src/dialects/index.ts';
import type { ReplyEvent } from '../../src/model/reply.ts';
import { cutAt, pieces } from '../cuts.ts';
import { decoded, glanced } from '../decoded.ts';
import { describeRecorded, type Exchange, exchanges, expectAll, replies } from './exchanges.ts';
import { bodiesOf, isObject, tokensOf, usageOf } from './independent.ts';

const refused = exchanges.filter(({ status }) => status !== 200);
const streams = replies.filter(({ form }) => form !== 'json');
const counted = replies.filter(usageOf);

describeRecorded('a recorded exchange', () => {
  test(`that went well is read whole: ${replies.length} replies`, () =>
    expectAll(replies, 1100, ({ dialect, form, reply }) => {
      const events = decoded(dialects[dialect], form, [reply]);
      expect(events[0]?.type).toMatch(/^(start|error)$/);
      expect(events.at(-1)?.type).toMatch(/^(end|error)$/);
      expect(closedBlocks(events)).toBe(true);
    }));

  test(`that went well has as many answers, and as many finishes, as the provider gave: ${replies.length} replies`, () =>
    expectAll(replies, 1100, (exchange) => {
      const events = decoded(dialects[exchange.dialect], exchange.form, [exchange.reply]);
      if (events.some(({ type }) => type === 'error')) return;
      const finishes = events.flatMap((event) => (event.type === 'finish' ? [event.choice] : []));
      expect(new Set(finishes)).toEqual(choicesOf(exchange));
    }));

  test(`has its usage read to the token: ${counted.length} replies`, () =>
    expectAll(counted, 1100, (exchange) => {
      const events = decoded(dialects[exchange.dialect], exchange.form, [exchange.reply]);
      expect(lastUsage(events)).toEqual(usageOf(exchange));
    }));

  test(`has its usage seen at a glance, to the token: ${counted.length} replies`, () =>
    expectAll(counted, 1100, (exchange) => {
      const events = glanced(dialects[exchange.dialect], exchange.form, [exchange.reply]);
      expect(lastUsage(events)).toEqual(usageOf(exchange));
    }));

  test(`ends at a glance as it ends when it is read: ${replies.length} replies`, () =>
    expectAll(replies, 1100, ({ dialect, form, reply }) => {
      const ends = (events: readonly ReplyEvent[]): ReplyEvent[] =>
        events.filter(({ type }) => type === 'finish' || type === 'error' || type === 'end');
      const seen = glanced(dialects[dialect], form, [reply]);
      expect(ends(seen)).toEqual(ends(decoded(dialects[dialect], form, [reply])));
      expect(seen.filter(({ type }) => !['usage', 'finish', 'error', 'end'].includes(type))).toEqual([]);
    }));

  test(`gives the same events however the network cuts it: ${streams.length} streams in 1, 7 and random bytes`, () =>
    expectAll(streams, 110, ({ name, dialect, form, reply }) => {
      const whole = decoded(dialects[dialect], form, [reply]);
      const cuts = [pieces(reply, 1), pieces(reply, 7), cutAt(reply, seededPlaces(name, 60))];
      for (const parts of cuts) expect(decoded(dialects[dialect], form, parts)).toEqual(whole);
    }));

  test(`gives the same events however the network cuts it: ${replies.length - streams.length} bodies`, () =>
    expectAll(
      replies.filter(({ form }) => form === 'json'),
      1000,
      ({ name, dialect, reply }) => {
        const whole = decoded(dialects[dialect], 'json', [reply]);
        expect(decoded(dialects[dialect], 'json', cutAt(reply, seededPlaces(name, 20)))).toEqual(whole);
      },
    ));

  test(`that was refused has its complaint read: ${refused.length} refusals`, () =>
    expectAll(refused, 20, ({ dialect, reply }) => {
      const body = JSON.parse(reply.toString()) as unknown;
      const complaint = dialects[dialect].readError(body);
      expect(reply.toString()).toContain(JSON.stringify(complaint.message).slice(1, -1));
      expect(complaint.message).not.toBe('');
    }));

  const tooLong = refused.filter(({ reply }) => /too long|context length|total length/.test(reply.toString()));
  test(`that was refused for its length is known to be too long: ${tooLong.length} refusals`, () =>
    expectAll(tooLong, 5, ({ dialect, reply }) => {
      expect(dialects[dialect].readError(JSON.parse(reply.toString())).means).toBe('context-window');
    }));
});

function lastUsage(events: readonly ReplyEvent[]): ReturnType<typeof tokensOf> {
  const usages = events.flatMap((event) => (event.type === 'usage' ? [event.usage] : []));
  return tokensOf(usages.at(-1));
}

/** Every delta belongs to an open block, and every block that opened is closed unless the reply broke. */
function closedBlocks(events: readonly ReplyEvent[]): boolean {
  const open = new Set<string>();
  for (const event of events) {
    if (!('block' in event)) continue;
    const id = `${event.choice}/${event.block}`;
    if (event.type === 'block-start') open.add(id);
    else if (!open.has(id)) return false;
    else if (event.type === 'block-end') open.delete(id);
  }
  return open.size === 0 || events.some(({ type }) => type === 'error');
}

const WITH_ONE_ANSWER: ReadonlySet<string> = new Set([
  'anthropic-messages',
  'bedrock-converse',
  'cohere-chat',
  'openai-responses',
]);

function choicesOf(exchange: Exchange): Set<number> {
  if (WITH_ONE_ANSWER.has(exchange.dialect)) return new Set([0]);
  const seen = new Set<number>();
  for (const { choices, candidates, promptFeedback } of bodiesOf(exchange)) {
    if (isObject(promptFeedback)) seen.add(0); // a refused prompt ends the only answer before it begins
    const answers = choices ?? candidates;
    for (const choice of Array.isArray(answers) ? answers : []) {
      if (isObject(choice)) seen.add(Number(choice['index'] ?? 0));
    }
  }
  return seen;
}

/** Places that look random and are the same in every run. */
function seededPlaces(seed: string, length: number): number[] {
  let state = Array.from(seed).reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 2_147_483_647, 7);
  return Array.from({ length }, () => (state = (state * 48_271) % 2_147_483_647));
}
