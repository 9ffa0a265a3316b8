import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScriptedRequest } from '../scripted-provider/scripted-request.ts';
import { EXPECTED, type ModelWorld, openModelWorld, WIRES } from './model-world.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const PATIENCE_MS = 60_000;
const isInstalled = existsSync(join(HERE, 'node_modules', 'ai'));

/** Every client library, and the cases it has. */
const USUAL = ['chat', 'stream', 'tools', 'toolsStreamed', 'structured', 'abort'];
const WITH_EMBEDDINGS = [...USUAL, 'embeddings'];
const DRIVERS: Readonly<Record<string, readonly string[]>> = {
  openai: WITH_EMBEDDINGS,
  anthropic: [...USUAL, 'countTokens'],
  'ai-openai-chat': WITH_EMBEDDINGS,
  'ai-openai-compatible': WITH_EMBEDDINGS,
  'ai-anthropic': USUAL,
  'langchain-openai': WITH_EMBEDDINGS,
  'langchain-anthropic': USUAL,
  'agents-chat': USUAL,
  google: [...USUAL, 'countTokens'],
  'ai-google': USUAL,
  'openai-responses': USUAL,
  'ai-openai-responses': USUAL,
  'agents-responses': USUAL,
};

const SAID = { text: EXPECTED.text, ...EXPECTED.usage };
const WORKED = { text: EXPECTED.weather, calls: [EXPECTED.call] };
const RESULTS: Readonly<Record<string, unknown>> = {
  chat: SAID,
  stream: SAID,
  tools: WORKED,
  toolsStreamed: WORKED,
  structured: { object: EXPECTED.person },
  embeddings: { lengths: [EXPECTED.embedding.length, EXPECTED.embedding.length] },
  countTokens: { tokens: expect.any(Number) as number },
  abort: expect.objectContaining({ heard: true, gaveUp: true }) as object,
};

/** What a library gets wrong by itself, also when it asks the provider directly. */
const DEVIATING: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  // It adds the first and the last count of output up, and takes the input from the first one, which others don't know yet.
  'langchain-anthropic': { stream: expect.objectContaining({ text: EXPECTED.text }) as object },
};

describe.skipIf(!isInstalled)(
  isInstalled ? 'client libraries' : 'client libraries (not installed; run npm ci --prefix gateway/test/sdks)',
  () => {
    let world: ModelWorld;
    beforeAll(async () => {
      world = await openModelWorld();
    });
    afterAll(() => world.close());

    describe.each(Object.entries(DRIVERS))('%s', (driver, cases) => {
      test.each(WIRES)(
        'gets from a provider that speaks as %s what it was sent',
        async (wire) => {
          const got = await results([driver, `model-${wire}`, ...cases], world);
          expect(got).toEqual(
            Object.fromEntries(cases.map((name) => [name, DEVIATING[driver]?.[name] ?? RESULTS[name]])),
          );
          // Whoever gave up was heard by the provider as well.
          expect(await hanging(world)?.ended).toBe('aborted');
        },
        PATIENCE_MS,
      );
    });
  },
);

/** The newest question that is never answered to its end. */
function hanging({ providers }: ModelWorld): ScriptedRequest | undefined {
  const all = providers.flatMap(({ requests }) => requests);
  return all
    .filter(({ body }) => body.includes('"Hang"'))
    .toSorted((a, b) => a.arrivedAtMs - b.arrivedAtMs)
    .at(-1);
}

async function results([driver = '', ...rest]: readonly string[], { gateway, key }: ModelWorld): Promise<unknown> {
  const words = [join(HERE, 'run.mjs'), driver, gateway.url, key, ...rest];
  const env = { PATH: process.env['PATH'], OPENAI_AGENTS_DISABLE_TRACING: '1', LANGSMITH_TRACING: 'false' };
  const { stdout } = await promisify(execFile)(process.execPath, words, { env, timeout: PATIENCE_MS });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? 'null');
}
