import { expect, test } from 'vitest';
import { said } from '../../test/support.ts';
import type { ReplyEvent } from '../model/reply.ts';
import { SoFar } from './so-far.ts';

const start = (block: number, kind: 'text' | 'reasoning'): ReplyEvent => ({
  type: 'block-start',
  choice: 0,
  block,
  start: { kind },
});
const text = (block: number, words: string): ReplyEvent => ({ type: 'text-delta', choice: 0, block, text: words });
const thought = (block: number, words: string): ReplyEvent => ({
  type: 'reasoning-delta',
  choice: 0,
  block,
  text: words,
});
const end = (block: number): ReplyEvent => ({ type: 'block-end', choice: 0, block });
const tool = (block: number): ReplyEvent => ({
  type: 'block-start',
  choice: 0,
  block,
  start: { kind: 'tool-call', id: 'c', name: 'f' },
});
const BEGUN: ReplyEvent = { type: 'start', id: 'r', model: 'm' };
const FINISH: ReplyEvent = { type: 'finish', choice: 0, reason: 'stop' };
const END: ReplyEvent = { type: 'end' };
const usage = (inputTokens: number, outputTokens: number): ReplyEvent => ({
  type: 'usage',
  usage: { inputTokens, outputTokens },
});

const taken = (soFar: SoFar, events: readonly ReplyEvent[]): ReplyEvent[] =>
  events.flatMap((event) => soFar.take(event));

test('an answer that nothing happens to stays as it is', () => {
  const events = said('Hello', ' you');
  const soFar = new SoFar();
  expect(taken(soFar, events)).toEqual(events);
  expect([soFar.text, soFar.isFinished, soFar.isOpen]).toEqual(['Hello you', true, false]);
});

test('a text that was open goes on; what the second thinks about that is left out', () => {
  const soFar = new SoFar();
  const first = [BEGUN, start(0, 'reasoning'), thought(0, 'hm'), end(0), start(1, 'text'), text(1, 'One, ')];
  expect(taken(soFar, first)).toEqual(first);
  expect(soFar.breakOff({ inputTokens: 10, outputTokens: 2 })).toEqual([]);
  const second = [BEGUN, start(0, 'reasoning'), thought(0, 'so'), end(0), start(1, 'text'), text(1, 'two.'), end(1)];
  expect(taken(soFar, [...second, FINISH, usage(15, 3), END])).toEqual([
    text(1, 'two.'),
    end(1),
    FINISH,
    usage(25, 5),
    END,
  ]);
  expect(soFar.text).toBe('One, two.');
});

test('one that was still thinking begins to speak in a block of its own', () => {
  const soFar = new SoFar();
  taken(soFar, [BEGUN, start(0, 'reasoning'), thought(0, 'hm')]);
  expect([soFar.isOpen, soFar.text]).toEqual([true, '']);
  expect(soFar.breakOff({ inputTokens: 1, outputTokens: 1 })).toEqual([end(0)]);
  expect(taken(soFar, [BEGUN, start(0, 'reasoning'), thought(0, 'so'), end(0), start(1, 'text')])).toEqual([
    start(1, 'reasoning'),
    thought(1, 'so'),
    end(1),
    start(2, 'text'),
  ]);
});

test('the second may call a tool: the text that was open is closed before', () => {
  const soFar = new SoFar();
  taken(soFar, [BEGUN, start(0, 'text'), text(0, 'Let me')]);
  soFar.breakOff({ inputTokens: 1, outputTokens: 1 });
  expect(taken(soFar, [BEGUN, tool(0), end(0), FINISH])).toEqual([end(0), tool(1), end(1), FINISH]);
});

test('a tool call that has begun, or an answer that has ended, is never gone on with', () => {
  for (const events of [[BEGUN, tool(0)], said('all')]) {
    const soFar = new SoFar();
    taken(soFar, events);
    expect(soFar.isOpen).toBe(false);
  }
});
