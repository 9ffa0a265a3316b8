import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { detectors } from '../../src/detectors/index.ts';
import { dialects } from '../../src/dialects/index.ts';
import { fold } from '../../src/model/fold.ts';
import type { ByteReply, ReplyEvent, Wire } from '../../src/model/reply.ts';
import type { DialectId } from '../../src/model/request.ts';
import { run } from '../../src/pipeline/run.ts';
import { speech } from '../../src/server/egress.ts';
import { maskPii } from '../../src/stages/mask-pii.ts';
import { cutAt, pieces } from '../cuts.ts';
import { decoded, encoded, framesOf } from '../decoded.ts';
import { PLANTED, type PlantedValue } from '../private-values.ts';
import { ask, trailOf, turn } from '../support.ts';

const DIALECTS = Object.keys(dialects) as DialectId[];
const ALL_DIALECTS = DIALECTS.flatMap((dialect) =>
  ['json' as const, dialects[dialect].streamForm].map((form) => ({ dialect, form })),
);
const stage = maskPii({ maskBeforeLlm: true, callersMaySwitchOff: true }, detectors);

interface Case {
  readonly dialect: DialectId;
  readonly form: Wire['form'];
  readonly planted: readonly PlantedValue[];
  /** How the model's words are cut into deltas. */
  readonly deltas: (text: string) => readonly string[];
  /** How the network cuts what the model's provider sends. */
  readonly network: (bytes: Buffer) => readonly Buffer[];
}

/** What a caller hears of a model that repeats everything it was told, in its text and in a tool's arguments. */
async function heard({ dialect, form, planted, deltas, network }: Case) {
  const content = planted.map(({ sentence }) => sentence).join('\n');
  const asked = questionIn(dialect, content);
  const { trail } = trailOf(turn({ dialect, ask: ask({ ...asked, stream: form !== 'json' }, dialect) }));
  const sent: string[] = [];
  const reply = await run(
    {
      stages: [stage],
      send: ({ ask: question }): Promise<ByteReply> => {
        const [part] = question.look().messages[0]?.content ?? [];
        const said = part?.type === 'text' ? part.text : '';
        sent.push(said);
        const bytes = encoded(dialects[dialect], form, repeating(said, dialect, deltas));
        return Promise.resolve({
          kind: 'bytes',
          wire: { dialect, form },
          frames: batches(framesOf(form, network(bytes))),
        });
      },
    },
    trail,
  );
  const spoken = speech(reply, { dialect, form }, { model: 'the-model', usage: true });
  const bytes: Buffer[] = [];
  for (let next = await spoken.next(); next; next = await spoken.next()) bytes.push(next);
  const [choice] = fold(decoded(dialects[dialect], form, bytes)).choices;
  const blocks = choice?.blocks ?? [];
  return {
    content,
    sent: sent.join(''),
    text: blocks.map((block) => (block.kind === 'text' ? block.text : '')).join(''),
    inputs: blocks.flatMap((block) => (block.kind === 'tool-call' ? [JSON.parse(block.input) as unknown] : [])),
  };
}

function questionIn(dialect: DialectId, content: string): Readonly<Record<string, unknown>> {
  if (dialect === 'openai-completions') return { prompt: content, messages: undefined };
  if (dialect === 'gemini-content')
    return { contents: [{ role: 'user', parts: [{ text: content }] }], messages: undefined };
  if (dialect === 'bedrock-converse') return { messages: [{ role: 'user', content: [{ text: content }] }] };
  if (dialect === 'openai-responses') return { input: content, messages: undefined };
  return { messages: [{ role: 'user', content }], max_tokens: 9 };
}

function repeating(said: string, dialect: DialectId, deltas: Case['deltas']): readonly ReplyEvent[] {
  const events: ReplyEvent[] = [{ type: 'start', id: 'r', model: 'm', createdAtSeconds: 1 }];
  const block = (
    number: number,
    start: Extract<ReplyEvent, { type: 'block-start' }>['start'],
    inside: readonly ReplyEvent[],
  ) =>
    events.push({ type: 'block-start', choice: 0, block: number, start }, ...inside, {
      type: 'block-end',
      choice: 0,
      block: number,
    });
  block(
    0,
    { kind: 'text' },
    deltas(said).map((text) => ({ type: 'text-delta', choice: 0, block: 0, text })),
  );
  if (dialect !== 'openai-completions') {
    const inside = deltas(JSON.stringify({ said })).map(
      (json): ReplyEvent => ({ type: 'tool-input-delta', choice: 0, block: 1, json }),
    );
    block(1, { kind: 'tool-call', id: 'c', name: 'keep' }, inside);
  }
  return [
    ...events,
    { type: 'finish', choice: 0, reason: 'stop' },
    { type: 'usage', usage: { inputTokens: 1, outputTokens: 1 } },
    { type: 'end' },
  ];
}

async function* batches(frames: readonly Buffer[]): AsyncGenerator<readonly Buffer[]> {
  for (const frame of frames) yield [frame];
}

async function expectKept(one: Case): Promise<void> {
  const { content, sent, text, inputs } = await heard(one);
  for (const { value } of one.planted) expect(sent).not.toContain(value);
  expect(text).toBe(content);
  expect(inputs).toEqual(one.dialect === 'openai-completions' ? [] : [{ said: content }]);
}

const whole = <T>(one: T): readonly T[] => [one];
const letters = (text: string): readonly string[] => Array.from(text);
const few = PLANTED.filter((_, at) => at % 25 === 0);

describe.each(ALL_DIALECTS)('$dialect as $form', ({ dialect, form }) => {
  const base = { dialect, form, planted: PLANTED, deltas: whole, network: whole };

  test('a hundred values stay here and come back', () => expectKept(base));

  test('letter by letter and byte by byte, too', () =>
    expectKept({ ...base, deltas: letters, network: (bytes) => pieces(bytes, 1) }));

  test('cut in two behind any letter', async () => {
    const { content } = await heard({ ...base, planted: few });
    for (let at = 0; at <= content.length + 20; at += 1)
      await expectKept({ ...base, planted: few, deltas: (text) => [text.slice(0, at), text.slice(at)] });
  });

  test('cut in two behind any byte', async () => {
    const length = encoded(dialects[dialect], form, repeating('x'.repeat(200), dialect, whole)).length;
    for (let at = 0; at <= length; at += 1)
      await expectKept({ ...base, planted: few, network: (bytes) => cutAt(bytes, [at]) });
  });

  test('cut anywhere, in any number of pieces', () => {
    const places = fc.array(fc.nat(20_000), { maxLength: 60 });
    return fc.assert(
      fc.asyncProperty(places, places, (inText, inBytes) =>
        expectKept({ ...base, deltas: (text) => slices(text, inText), network: (bytes) => cutAt(bytes, inBytes) }),
      ),
      { numRuns: 25 },
    );
  });
});

/** A text in pieces, cut between whole characters, since half of one can't be said in UTF-8. */
function slices(text: string, places: readonly number[]): readonly string[] {
  const all = letters(text);
  const edges = [0, ...new Set(places.map((place) => place % (all.length + 1)).toSorted((a, b) => a - b)), all.length];
  return edges.slice(1).map((edge, at) => all.slice(edges[at], edge).join(''));
}
