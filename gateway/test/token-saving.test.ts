import { array, type Arbitrary, constantFrom, sample } from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { isFaithful, tokenChange } from '../src/compressors/contract.ts';
import { compressors, legacyCompressors } from '../src/compressors/index.ts';
import type { ChatRequest, Message, Part } from '../src/model/request.ts';
import { blocksOf } from '../src/saving/blocks.ts';
import { REPEATED, referredText } from '../src/saving/repeated-blocks.ts';
import { type Saved, TokenSaver } from '../src/saving/save-tokens.ts';
import { type TokenCounter, tokenCounter } from '../src/tokens/count.ts';
import { LOG_KINDS, logOf } from '../src/benching/corpus/logs.ts';
import { code, prose } from '../src/benching/corpus/prose-and-code.ts';
import { type Seeded, seeded } from '../src/benching/corpus/seeded.ts';
import { TOOL_KINDS, toolJson } from '../src/benching/corpus/tool-json.ts';
import { jsonTexts } from './json-texts.ts';
import { logTexts } from './log-texts.ts';

const SEED = 20261123;
const REQUESTS = 10_000;
const BATCHES = 10;
const codecs = [...compressors.map(({ id }) => id), REPEATED];

let counter: TokenCounter;
beforeAll(async () => {
  counter = await tokenCounter('gpt-4o');
});

const saved = (request: ChatRequest, saver = new TokenSaver(compressors)): Saved =>
  saver.save(request, counter, { mode: 'lossless', codecs, owner: 'key-1' });

function answering(...texts: readonly string[]): ChatRequest {
  const messages = texts.map((text, at): Message => ({ role: 'tool', content: [resultOf(text, `c${at}`)] }));
  return { model: 'gpt-4o', messages, stream: false, usageWanted: false };
}

function resultOf(text: string, callId: string): Part {
  return { type: 'tool-result', callId, content: [{ type: 'text', text }] };
}

/** Share of the tokens of these texts that is saved. */
function share(texts: readonly string[]): number {
  const before = texts.reduce((sum, text) => sum + counter.count(text), 0);
  const { savings } = saved(answering(...texts));
  return (savings.tokensBefore - savings.tokensAfter) / before;
}

describe('tokens saved on a corpus made from a seed', () => {
  const chance = seeded(SEED);
  const tools = Object.entries(TOOL_KINDS).map(
    ([name, kind]) => [name, toolJson(kind, chance, 60 + chance.below(140))] as const,
  );
  const logs = Object.entries(LOG_KINDS).map(
    ([name, kind]) => [name, logOf(kind, chance, 150 + chance.below(200))] as const,
  );
  const textsOf = (named: readonly (readonly [string, string])[]) => named.map(([, text]) => text);

  test('answers of tools: 45 % and more', () => expect(share(textsOf(tools))).toBeGreaterThanOrEqual(0.45));
  test.each(tools)('answers of tools, %s: a third and more', (_, text) =>
    expect(share([text])).toBeGreaterThanOrEqual(0.33),
  );
  test('logs: 45 % and more', () => expect(share(textsOf(logs))).toBeGreaterThanOrEqual(0.45));
  test.each(logs)('logs, %s: 35 % and more', (_, text) => expect(share([text])).toBeGreaterThanOrEqual(0.35));
  test('prose: nothing', () => expect(share([prose(chance, 20), prose(chance, 200)])).toBe(0));
  test('code: nothing', () => expect(share([code(chance, 5), code(chance, 100)])).toBe(0));
});

test('what the original called compression costs tokens on prose, and says so', () => {
  const text = prose(seeded(SEED), 60);
  const change = (id: string) => {
    const compressed = legacyCompressors.find((compressor) => compressor.id === id)?.compress(text) ?? '';
    return tokenChange(text, compressed, counter.count).reductionPercent;
  };
  for (const id of ['legacy-vowel', 'legacy-medium', 'legacy-high']) expect(change(id)).toBeLessThan(-10);
});

describe('ten thousand requests of every kind', () => {
  test.each(Array.from({ length: BATCHES }, (_, at) => at))('batch %i: none longer, all given back', (batch) => {
    const chance = seeded(SEED + batch);
    const draw = drawerOf(SEED + batch);
    const saver = new TokenSaver(compressors);
    let changed = 0;
    for (let at = 0; at < REQUESTS / BATCHES; at += 1) {
      const request = anyRequest(chance, draw);
      const before = JSON.stringify(request);
      const result = saved(request, saver);
      expect(JSON.stringify(request)).toBe(before);
      if (!result.request) continue;
      changed += 1;
      checkTokens(request, result.request);
      checkTexts(request, result.request);
    }
    expect(changed).toBeGreaterThan(REQUESTS / BATCHES / 4);
  });
});

/** Every text part of the request, in order; what isn't a text stands as itself. */
function piecesOf({ messages }: ChatRequest): readonly Part[] {
  return messages.flatMap(({ content }) =>
    content.flatMap((part) => (part.type === 'tool-result' ? part.content : [part])),
  );
}

function checkTokens(before: ChatRequest, after: ChatRequest): void {
  const tokens = (request: ChatRequest) =>
    piecesOf(request).reduce((sum, part) => sum + (part.type === 'text' ? counter.count(part.text) : 0), 0);
  expect(tokens(after)).toBeLessThan(tokens(before));
}

/** What may not change is the same object; what changed is read again by its own first line. */
function checkTexts(before: ChatRequest, after: ChatRequest): void {
  const touchable = blocksOf(before);
  const old = piecesOf(before);
  piecesOf(after).forEach((piece, at) => {
    const was = old[at];
    if (piece === was) return;
    if (piece.type !== 'text' || was?.type !== 'text') throw new Error('Something else than a text changed.');
    const block = touchable.find(({ text }) => text === was.text);
    expect(block, 'only texts that may be touched are').toBeDefined();
    const isGivenBack =
      compressors.some((compressor) => isFaithful(compressor, was.text, piece.text)) ||
      referredText(piece.text, touchable) === was.text;
    expect(isGivenBack, `${was.text}\n became\n${piece.text}`).toBe(true);
  });
}

type Draw = (chance: Seeded) => string;

/** Texts of every kind, many drawn at once, since that is faster. */
function drawerOf(seed: number): Draw {
  const drawn = (texts: Arbitrary<string>, count: number) => sample(texts, { numRuns: count, seed });
  const pool = [
    ...drawn(jsonTexts, 300),
    ...drawn(logTexts, 200),
    ...drawn(
      array(constantFrom('a', '{"a":1}', '\n', '[', '|', '```', ' ', '\ud800', 'é'), { maxLength: 300 }).map((all) =>
        all.join(''),
      ),
      50,
    ),
  ];
  const kinds: readonly Draw[] = [
    ({ pick }) => pick(pool),
    ({ pick }) => pick(pool),
    (chance) => toolJson(chance.pick(Object.values(TOOL_KINDS)), chance, 1 + chance.below(12)),
    (chance) => logOf(chance.pick(Object.values(LOG_KINDS)), chance, 1 + chance.below(25)),
    (chance) => prose(chance, chance.below(9)),
    (chance) => code(chance, chance.below(5)),
    (chance) => `\`\`\`json\n${toolJson(chance.pick(Object.values(TOOL_KINDS)), chance, 5)}\n\`\`\``,
  ];
  return (chance) => chance.pick(kinds)(chance);
}

function anyRequest(chance: Seeded, draw: Draw): ChatRequest {
  const messages: Message[] = [
    { role: chance.pick(['system', 'developer', 'user']), content: [{ type: 'text', text: draw(chance) }] },
  ];
  const texts: string[] = [];
  const rounds = 1 + chance.below(3);
  for (let at = 0; at < rounds; at += 1) {
    const text = texts.length > 0 && chance.below(5) === 0 ? chance.pick(texts) : draw(chance);
    texts.push(text);
    const wish = chance.below(8) === 0 ? { cacheHint: {} } : {};
    messages.push(
      { role: 'assistant', content: [{ type: 'tool-call', id: `c${at}`, name: 'tool', input: draw(chance) }] },
      { role: 'tool', content: [{ ...resultOf(text, `c${at}`), ...wish }] },
      { role: 'user', content: [{ type: 'text', text: draw(chance) }] },
    );
  }
  return { model: 'gpt-4o', messages, stream: false, usageWanted: false };
}
