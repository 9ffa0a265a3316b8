import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { framesOf } from '../../../test/decoded.ts';
import { anthropicMessages } from './anthropic-messages.ts';
import { MESSAGE, STREAM, streamOf } from './example-message.suite.ts';

const NAME = 'caller/"näme"';

function patchRequest(json: string, cut: readonly string[] = []): string | undefined {
  const body = JSON.parse(json) as Readonly<Record<string, unknown>>;
  const origin = { dialect: 'anthropic-messages', bytes: Buffer.from(json), body } as const;
  return anthropicMessages.patchRequest(origin, { model: NAME, cut })?.toString();
}

const patchedStream = (bytes: Buffer): string => {
  const patch = anthropicMessages.patchReply('sse', { model: NAME, withholdUsage: true });
  return Buffer.concat(framesOf('sse', [bytes]).flatMap((frame) => patch(frame) ?? [])).toString();
};

describe('a request patched', () => {
  test('has its model set and switches cut, and not another byte changed', () => {
    const json = `{ "tags":["model"], "metadata":{"model":"m"},"model" : "m" ,\n"new": 1.0, "timeout":5 }`;
    expect(patchRequest(json, ['tags', 'timeout', 'absent'])).toBe(
      `{ "metadata":{"model":"m"},"model" : ${JSON.stringify(NAME)} ,\n"new": 1.0 }`,
    );
  });

  test('is refused where a field stands twice', () => {
    expect(() => patchRequest('{"model":"a","model":"b"}')).toThrow('more than once');
  });
});

describe('a reply patched', () => {
  test('has the model of its message set, and not another byte changed', () => {
    const said = `${JSON.stringify({ model: 'claude-x', text: '"model":"claude-x"' })}\n`;
    const json = said.replace('}', ',"content":[{"type":"text","model":"claude-x"}]}');
    const patch = anthropicMessages.patchReply('json', { model: NAME, withholdUsage: false });
    expect(String(patch(Buffer.from(json)))).toBe(json.replace('"claude-x"', JSON.stringify(NAME)));
    expect(JSON.parse(String(patch(Buffer.from(JSON.stringify(MESSAGE)))))).toEqual({ ...MESSAGE, model: NAME });
  });

  test('has the model of message_start set, whatever else speaks of models', () => {
    const model = { model: 'claude-x', type: 'message_start', message: { model: 'claude-x' } };
    const events = [
      STREAM[0] ?? {},
      { type: 'content_block_start', index: 0, content_block: { ...model, kind: 'native' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: JSON.stringify(model) } },
      { ...model, type: 'event_of_tomorrow', about: 'message_start' },
      ...STREAM.slice(1),
    ];
    const before = streamOf(events).toString();
    expect(patchedStream(Buffer.from(before))).toBe(before.replace('"claude-x"', JSON.stringify(NAME)));
  });

  test('has any text in it left alone', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, id) => {
        const message = { type: 'message_start', message: { ...MESSAGE, id, content: [], model: 'claude-x' } };
        const rest = streamOf([{ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }]);
        const patched = patchedStream(Buffer.concat([streamOf([message]), rest]));
        const named = { ...message, message: { ...message.message, model: NAME } };
        expect(patched).toBe(streamOf([named]).toString() + rest.toString());
      }),
    );
  });
});
