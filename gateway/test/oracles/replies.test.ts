import { beforeAll, describe, expect, test } from 'vitest';
import { dialects } from '../../src/dialects/index.ts';
import type { ReplyEvent } from '../../src/model/reply.ts';
import { decoded } from '../decoded.ts';
import { REPLY_FEATURES } from '../docs/fidelity/reply-features.ts';
import { expectAll, replies } from '../recorded/exchanges.ts';
import { whyNot } from './oracles.ts';
import { ajvEntry, type Judge, openJudge } from './relaxed-schema.ts';

const features = REPLY_FEATURES.flatMap((group) => group.features);
/** What OpenAI streams though its document has no word for it. */
const NOT_IN_THE_DOCUMENT = { 'tool call with free text': 'chunks have calls of the type `custom`' };
const foreign = replies.filter(({ dialect }) => !dialect.startsWith('openai-'));
const why = whyNot(ajvEntry);

describe.skipIf(why !== undefined)(
  `replies to OpenAI’s clients, by OpenAI’s own schema${why ? ` (${why})` : ''}`,
  () => {
    let judge: Judge;
    beforeAll(async () => {
      judge = await openJudge();
    }, 60_000);

    test.each(features)('$name, whole', ({ events }) => expect(complaintsAbout(judge, 'json', events)).toEqual([]));

    test.each(features.filter(({ name }) => !(name in NOT_IN_THE_DOCUMENT)))('$name, streamed', ({ events }) =>
      expect(complaintsAbout(judge, 'sse', events)).toEqual([]),
    );

    test.skipIf(foreign.length === 0)(
      `${foreign.length} recorded replies of other wires, whole and streamed`,
      () =>
        expectAll(foreign, 500, ({ dialect, form, reply }) => {
          const events = decoded(dialects[dialect], form, [reply]);
          expect(complaintsAbout(judge, 'json', events)).toEqual([]);
          expect(complaintsAbout(judge, 'sse', events)).toEqual([]);
        }),
      120_000,
    );

    test('a reply that is none would be found', () => {
      expect(judge('CreateChatCompletionResponse', { id: 'x', choices: [] })).not.toEqual([]);
    });
  },
);

const SCHEMAS = { json: 'CreateChatCompletionResponse', sse: 'CreateChatCompletionStreamResponse' };

function complaintsAbout(judge: Judge, form: 'json' | 'sse', events: readonly ReplyEvent[]): readonly string[] {
  const encoder = dialects['openai-chat'].encodeReply(form, { model: 'a-model', usage: true, nowSeconds: 1 });
  const frames = [...events.flatMap((event) => encoder.push(event)), ...encoder.end()];
  const texts = frames.map((frame) =>
    String(frame)
      .replace(/^data: /, '')
      .trim(),
  );
  return texts.filter((text) => text !== '[DONE]').flatMap((text) => judge(SCHEMAS[form], JSON.parse(text)));
}
