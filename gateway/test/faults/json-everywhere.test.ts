import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openScene, type Scene } from '../conformance/scene.ts';
import { DOCUMENTS, type JsonDocument } from './json-documents.ts';
import { isAlive } from './observed.ts';

/** Every route that takes a body. One that isn't there is passed over, and stays here for when it is. */
const ROUTES = [
  '/v1/chat/completions',
  '/v1/completions',
  '/completions',
  '/v1/responses',
  '/v1/messages',
  '/v1/messages/count_tokens',
  '/v1beta/models/synthlang%2Fecho:generateContent',
  '/v1beta/models/synthlang%2Fecho:streamGenerateContent',
  '/v1beta/models/synthlang%2Fecho:countTokens',
  '/v1/embeddings',
  '/v1/rerank',
  '/v1/moderations',
  '/v1/images/generations',
  '/v1/images/edits',
  '/v1/images/variations',
  '/v1/audio/speech',
  '/v1/audio/transcriptions',
  '/v1/audio/translations',
  '/v1/files',
  '/v1/batches',
  ...['translate', 'generate', 'optimize', 'evolve', 'classify', 'compress', 'decompress'].map(
    (name) => `/v1/synthlang/${name}`,
  ),
  ...['save', 'load', 'delete', 'compare'].map((name) => `/v1/synthlang/prompts/${name}`),
  '/v1/tools/call',
  '/v1/keywords/patterns',
  '/key/generate',
  '/key/update',
  '/key/delete',
  '/key/block',
  '/key/unblock',
];
/** What isn't JSON is one message here. */
const LENIENT = '/chat/completions';

const AT_ONCE = 8;
const ALL_MS = 180_000;

let scene: Scene;
let known: readonly string[];
beforeAll(async () => {
  scene = await openScene({ config: () => ({ prompting: { model: 'synthlang/echo' }, log: { level: 'silent' } }) });
  const answers = await Promise.all(ROUTES.map(async (path) => (await scene.ask(path, '{}')).text));
  known = ROUTES.filter((_, at) => answers[at]?.includes('There is no POST') === false);
}, 60_000);
afterAll(async () => {
  expect(isAlive(scene.gateway)).toBe(true);
  await scene.close();
});

test('there are documents of all kinds, each by a name of its own', () => {
  expect(DOCUMENTS.length).toBeGreaterThanOrEqual(318);
  expect(new Set(DOCUMENTS.map(({ verdict }) => verdict))).toEqual(new Set(['good', 'bad', 'either']));
  expect(known.length).toBeGreaterThan(20);
});

test('documents are what they are said to be, by the parser that is used', () => {
  const wrong = DOCUMENTS.filter(({ text, verdict }) => verdict !== 'either' && isJson(text) !== (verdict === 'good'));
  expect(wrong.map(({ name }) => name)).toEqual([]);
});

function isJson(text: string | Buffer): boolean {
  try {
    JSON.parse(
      typeof text === 'string' ? text : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(text),
    );
    return true;
  } catch {
    return false;
  }
}

/** What is wrong with the answers to all documents, by what the body is made of. */
async function faults(
  path: string,
  bodyOf: (document: JsonDocument) => string | Buffer,
  isStrict = true,
): Promise<string[]> {
  const found: string[] = [];
  const waiting = [...DOCUMENTS];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let next = waiting.pop(); next; next = waiting.pop()) {
        const { status, text, json } = await scene.ask(path, bodyOf(next));
        if (status >= 500) found.push(`${next.name}: ${status} ${text.slice(0, 200)}`);
        if (next.verdict === 'bad' && isStrict && (status < 400 || status > 499))
          found.push(`${next.name}: taken, ${status}`);
        if (status >= 400 && !saysWhy(json))
          found.push(`${next.name}: ${status} without a reason: ${text.slice(0, 200)}`);
      }
    }),
  );
  return found;
}

/** Every wire's error has a message within an object; Anthropic's says what it is, too. */
function saysWhy(json: unknown): boolean {
  const error = typeof json === 'object' && json !== null && 'error' in json ? json.error : undefined;
  return typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string';
}

describe('a document as a body is refused with a reason or served, never a fault of ours', () => {
  test.each(ROUTES)(
    '%s',
    async (path) => {
      if (known.includes(path)) expect(await faults(path, ({ text }) => text)).toEqual([]);
    },
    ALL_MS,
  );

  test(LENIENT, async () => expect(await faults(LENIENT, ({ text }) => text, false)).toEqual([]), ALL_MS);
});

const FULL = [
  '/v1/chat/completions',
  '/v1/completions',
  '/v1/messages',
  '/v1/messages/count_tokens',
  '/v1/responses',
  '/v1beta/models/synthlang%2Fecho:generateContent',
  '/v1/embeddings',
  '/v1/images/generations',
];

describe('and as a field of a good request', () => {
  test.each(FULL)(
    '%s',
    async (path) => {
      if (!known.includes(path)) return;
      const question = [{ role: 'user', content: 'Hi', parts: [{ text: 'Hi' }] }];
      const whole = {
        model: 'synthlang/echo',
        max_tokens: 9,
        messages: question,
        prompt: 'Hi',
        input: 'Hi',
        drop_params: true,
      };
      const front = Buffer.from(`${JSON.stringify(whole).slice(0, -1)},"metadata_x":`);
      const bodyOf = ({ text }: JsonDocument) => Buffer.concat([front, Buffer.from(text), Buffer.from('}')]);
      expect(await faults(path, bodyOf)).toEqual([]);
    },
    ALL_MS,
  );
});

test('what is nested too deeply within a question is refused as well', async () => {
  const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
  const body = `{"generateContentRequest":{"contents":[{"parts":[{"text":"Hi"}]}],"x":${deep}}}`;
  expect((await scene.ask('/v1beta/models/synthlang%2Fecho:countTokens', body)).status).toBe(400);
});
