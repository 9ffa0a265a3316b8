import { describe, expect, test } from 'vitest';
import { decoded, glanced } from '../../../test/decoded.ts';
import { anthropicMessages } from './anthropic-messages.ts';
import { MESSAGE, STREAM, streamOf } from './example-message.suite.ts';

const ERROR = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
const json = (body: unknown): Buffer => Buffer.from(JSON.stringify(body));

describe('a glance', () => {
  test.each([
    ['sse', streamOf(STREAM)],
    ['sse', streamOf([...STREAM.slice(0, 4), ERROR])],
    [
      'sse',
      Buffer.from(
        streamOf(STREAM)
          .toString()
          .replaceAll(/^event: .*\n/gm, ''),
      ),
    ],
    ['json', json(MESSAGE)],
    ['json', json(ERROR)],
    ['json', json({ error: { message: 'no type' } })],
  ] as const)('at %s sees what reading it would find out about its end and its price (%#)', (form, bytes) => {
    const kinds = new Set(['usage', 'finish', 'error', 'end']);
    const read = decoded(anthropicMessages, form, [bytes]).filter(({ type }) => kinds.has(type));
    expect(read.length).toBeGreaterThan(0);
    expect(glanced(anthropicMessages, form, [bytes])).toEqual(read);
  });

  test('isn’t fooled by a text that looks like wire', () => {
    const text = JSON.stringify(STREAM.at(-1)) + JSON.stringify(ERROR);
    const delta = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } };
    const named = streamOf([delta]).toString();
    for (const frame of [named, named.replace(/^event: .*\n/, '')]) {
      expect(glanced(anthropicMessages, 'sse', [Buffer.from(frame)])).toEqual([]);
    }
  });

  test('doesn’t read content at all', () => {
    const unreadable = 'event: content_block_delta\ndata: {"type":"message_stop"\n\n';
    expect(anthropicMessages.glanceReply('sse').push(Buffer.from(unreadable))).toEqual([]);
  });
});
