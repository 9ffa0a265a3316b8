import { describe, expect, test } from 'vitest';
import { ask, collect, failureOf, replyOf, said, turn } from '../../test/support.ts';
import { detectors } from '../detectors/index.ts';
import { fold } from '../model/fold.ts';
import type { ReplyEvent } from '../model/reply.ts';
import type { KeyPrivacy } from '../model/turn.ts';
import { maskPii } from './mask-pii.ts';

const stage = maskPii({ maskBeforeLlm: true, callersMaySwitchOff: true }, detectors);
const asking = (content: string) => turn({ ask: ask({ messages: [{ role: 'user', content }] }) });

async function answered(question: string, events: readonly ReplyEvent[]) {
  const step = await stage.run(asking(question));
  const reply = step.onReply?.(replyOf(events).events);
  return reply ? collect(reply) : events;
}

test('the model sees placeholders, and the caller sees values', async () => {
  const step = await stage.run(asking('Write to ada@example.org'));
  expect(step.request?.messages[0]?.content).toEqual([{ type: 'text', text: 'Write to <EMAIL_1>' }]);
  expect(step.note).toEqual({ masked: 1 });
  const [choice] = fold(await answered('ada@example.org', said('Dear <EM', 'AIL_1', '>, hello'))).choices;
  expect(choice?.blocks).toMatchObject([{ text: 'Dear ada@example.org, hello' }]);
});

test('a request with nothing to hide is left alone, so that its bytes can go out as they came', async () => {
  expect(await stage.run(asking('2 < 3, isn’t it?'))).toEqual({});
});

test('what could be a placeholder and turns out not to be one is said where it belongs', async () => {
  const events = await answered('ada@example.org', said('if a <', ' b then', ' ok <EMAI'));
  expect(events.map((event) => (event.type === 'text-delta' ? event.text : event.type))).toEqual([
    'start',
    'block-start',
    'if a ',
    '< b then',
    ' ok ',
    '<EMAI',
    'block-end',
    'finish',
    'usage',
    'end',
  ]);
});

test('a stream that breaks says what was held back before it fails', async () => {
  const step = await stage.run(asking('ada@example.org'));
  async function* broken(): AsyncGenerator<ReplyEvent> {
    yield* said('a <EMAIL').slice(0, 3);
    throw new Error('cut');
  }
  const heard: ReplyEvent[] = [];
  const listening = (async () => {
    for await (const event of step.onReply?.(broken()) ?? []) heard.push(event);
  })();
  expect((await failureOf(listening)).message).toBe('cut');
  expect(heard.slice(2)).toMatchObject([{ text: 'a ' }, { text: '<EMAIL' }]);
});

test('tool arguments, citations, fields of one dialect and stop sequences are restored too', async () => {
  const at = { choice: 0, block: 0 } as const;
  const events = await answered('ada@example.org', [
    { type: 'block-start', ...at, start: { kind: 'tool-call', id: 'c', name: 'mail' } },
    { type: 'tool-input-delta', ...at, json: '{"to":"\\u003cEMA' },
    { type: 'tool-input-delta', ...at, json: 'IL_1\\u003e"}' },
    { type: 'block-end', ...at },
    { type: 'citation', ...at, citation: { citedText: 'of <EMAIL_1>' } },
    { type: 'native', dialect: 'openai-chat', fields: { audio: { transcript: '<EMAIL_1>' } } },
    { type: 'finish', choice: 0, reason: 'stop', stopSequence: '<EMAIL_1>' },
  ]);
  expect(events.slice(1)).toMatchObject([
    { json: '{"to":"' },
    { json: 'ada@example.org"}' },
    { type: 'block-end' },
    { citation: { citedText: 'of ada@example.org' } },
    { fields: { audio: { transcript: 'ada@example.org' } } },
    { stopSequence: 'ada@example.org' },
  ]);
});

test('a detector that crashes refuses the turn, without quoting it', async () => {
  const broken = { ...detectors[0], find: () => JSON.parse('ada@example.org') } as (typeof detectors)[number];
  const failing = maskPii({ maskBeforeLlm: true, callersMaySwitchOff: true }, [{ ...broken, needs: 0 }]);
  const error = await failureOf(() => failing.run(asking('ada@example.org')));
  expect(error).toMatchObject({ code: 'privacy.failed', status: 500 });
  expect(error.message).not.toContain('ada');
  expect(error.details.cause).toBeUndefined();
});

test('a prompt in tokens can’t be read, and is refused', async () => {
  for (const prompt of [
    [1, 2],
    [[1], [2]],
  ]) {
    const error = await failureOf(() =>
      stage.run(turn({ ask: ask({ prompt, messages: undefined }, 'openai-completions') })),
    );
    expect(error).toMatchObject({ code: 'privacy.unreadable', status: 400, details: { param: 'prompt' } });
  }
});

describe('who decides', () => {
  const wants = (on: boolean, wish: boolean | undefined, privacy: KeyPrivacy = {}, callersMaySwitchOff = true) =>
    maskPii({ maskBeforeLlm: on, callersMaySwitchOff }, detectors).wants?.(
      turn({
        caller: { keyId: 'k', role: 'basic', privacy },
        switches: wish === undefined ? {} : { maskBeforeLlm: wish },
      }),
    );

  test('the operator, unless the caller says otherwise', () => {
    expect([wants(true, undefined), wants(false, undefined)]).toEqual([true, false]);
    expect([wants(true, false), wants(false, true)]).toEqual([false, true]);
  });

  test('where callers may not switch it off, they can’t', () => {
    expect(wants(true, false, {}, false)).toBe(true);
    expect(wants(true, false, { callersMaySwitchOff: false })).toBe(true);
    expect(wants(true, false, { callersMaySwitchOff: true }, false)).toBe(false);
  });

  test('a key’s own rule goes before the general one', () => {
    expect([
      wants(false, undefined, { maskBeforeLlm: true }),
      wants(true, undefined, { maskBeforeLlm: false }),
    ]).toEqual([true, false]);
  });
});
