import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decoded, encoded } from '../../../test/decoded.ts';
import { fold } from '../../model/fold.ts';
import type { BlockStart, ReplyEvent } from '../../model/reply.ts';
import { anthropicMessages } from './anthropic-messages.ts';

const TEXT: BlockStart = { kind: 'text' };
const REASONING: BlockStart = { kind: 'reasoning' };
const call = (id: string): BlockStart => ({ kind: 'tool-call', id, name: 'f' });
const start = (block: number, kind: BlockStart): ReplyEvent => ({ type: 'block-start', choice: 0, block, start: kind });
const end = (block: number): ReplyEvent => ({ type: 'block-end', choice: 0, block });
const text = (block: number, said: string): ReplyEvent => ({ type: 'text-delta', choice: 0, block, text: said });
const thought = (block: number, said: string): ReplyEvent => ({
  type: 'reasoning-delta',
  choice: 0,
  block,
  text: said,
});
const input = (block: number, json: string): ReplyEvent => ({ type: 'tool-input-delta', choice: 0, block, json });

const BEFORE: ReplyEvent = { type: 'start', id: 'r', model: 'm' };
const AFTER: readonly ReplyEvent[] = [{ type: 'finish', choice: 0, reason: 'stop' }, { type: 'end' }];

function stream(events: readonly ReplyEvent[]): Buffer {
  return encoded(anthropicMessages, 'sse', [BEFORE, ...events, ...AFTER]);
}

/** Reads a stream back, and checks on the way that no block begins before the last one ended. */
function blocksIn(bytes: Buffer): readonly unknown[] {
  let open: unknown;
  for (const [, data] of bytes.toString().matchAll(/^data: (.*)$/gm)) {
    const { type, index } = JSON.parse(data ?? '') as { type: string; index?: number };
    if (type === 'content_block_start') expect(open).toBeUndefined();
    if (type === 'content_block_delta' || type === 'content_block_stop') expect(index).toBe(open);
    if (type === 'content_block_start') open = index;
    if (type === 'content_block_stop') open = undefined;
  }
  expect(open).toBeUndefined();
  const [choice] = fold(decoded(anthropicMessages, 'sse', [bytes])).choices;
  return (choice?.blocks ?? []).map((block) => {
    if (block.kind === 'tool-call') return [block.id, block.input];
    return block.kind === 'text' || block.kind === 'reasoning' ? [block.kind, block.text] : [block.kind];
  });
}

describe('blocks that come at once', () => {
  test('stand one after the other where calls are interleaved', () => {
    const events = [
      start(0, call('a')),
      input(0, '{"x"'),
      start(1, call('b')),
      input(1, '{"y":'),
      input(0, ':1}'),
      input(1, '2}'),
      end(0),
      end(1),
    ];
    expect(blocksIn(stream(events))).toEqual([
      ['a', '{"x":1}'],
      ['b', '{"y":2}'],
    ]);
  });

  test('wait no longer than for the input of the call before, even if its end was never said', () => {
    const encoder = anthropicMessages.encodeReply('sse', { model: 'm', usage: true });
    const say = (event: ReplyEvent): string => Buffer.concat([...encoder.push(event)]).toString();
    say(BEFORE);
    say(start(0, call('a')));
    say(input(0, '{"x":1}'));
    say(start(1, call('b')));
    expect(say(input(1, '{"y"'))).toContain('{\\"y\\"');
  });

  test('are said at once where text and reasoning take turns', () => {
    const events = [
      start(0, REASONING),
      thought(0, 'a'),
      start(1, TEXT),
      text(1, 'b'),
      thought(0, 'c'),
      text(1, 'd'),
      end(0),
      end(1),
    ];
    expect(blocksIn(stream(events))).toEqual([
      ['reasoning', 'a'],
      ['text', 'b'],
      ['reasoning', 'c'],
      ['text', 'd'],
    ]);
  });

  test('of another dialect’s own are left out', () => {
    const foreign = start(0, { kind: 'native', dialect: 'openai-chat', value: {} });
    expect(blocksIn(stream([foreign, end(0), start(1, TEXT), text(1, 'a')]))).toEqual([['text', 'a']]);
  });

  test('of free text become an object', () => {
    const free: BlockStart = { kind: 'tool-call', id: 'a', name: 'f', freeform: true };
    const events = [start(0, free), input(0, 'say "'), input(0, 'hi"'), end(0)];
    expect(blocksIn(stream(events))).toEqual([['a', '{"input":"say \\"hi\\""}']]);
  });
});

test('however blocks are interleaved, nothing is lost and nothing is mixed up', () => {
  const kinds = fc.array(fc.constantFrom('text', 'reasoning', 'tool-call'), { minLength: 1, maxLength: 5 });
  const order = fc.array(fc.nat(4), { maxLength: 30 });
  fc.assert(
    fc.property(kinds, order, fc.boolean(), (blocks, turns, isEndSaid) => {
      const pieces = blocks.map((kind, block) => piecesOf(kind, block));
      const events: ReplyEvent[] = [];
      for (const turn of turns) events.push(...(pieces[turn % pieces.length]?.splice(0, 1) ?? []));
      events.push(...pieces.flat());
      const said = blocksIn(stream(isEndSaid ? events : events.filter(({ type }) => type !== 'block-end')));
      const all = (kind: string): string => said.flatMap((block) => wordsOf(block, kind)).join('');
      for (const [block, kind] of blocks.entries()) {
        if (kind === 'tool-call') expect(said).toContainEqual([`call_${block}`, `{"n":${block}}`]);
        else expect(all(kind).split(String(block))).toHaveLength(4);
      }
    }),
  );
});

function piecesOf(kind: 'text' | 'reasoning' | 'tool-call', block: number): ReplyEvent[] {
  const word = String(block);
  if (kind === 'tool-call') {
    return [start(block, call(`call_${block}`)), input(block, '{"n"'), input(block, `:${block}}`), end(block)];
  }
  const say = kind === 'text' ? text : thought;
  return [start(block, { kind }), say(block, word), say(block, word), say(block, word), end(block)];
}

function wordsOf(block: unknown, kind: string): readonly string[] {
  const [said, words] = block as readonly [string, string];
  return said === kind ? [words] : [];
}
