import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dialects } from '../../src/dialects/index.ts';
import type { DialectId } from '../../src/model/request.ts';
import { openScene, type Scene } from '../conformance/scene.ts';
import { REQUEST_FEATURES } from '../docs/fidelity/request-features.ts';
import { whyNot } from './oracles.ts';
import { type Steady, startSteady, steadyEntry } from './steady.ts';

const MODEL = 'openai/gpt-4o';
/** Where callers of a wire ask. A wire that only providers speak has no place. */
const ROUTES: Readonly<Partial<Record<DialectId, string>>> = {
  'openai-chat': '/v1/chat/completions',
  'openai-completions': '/v1/completions',
  'anthropic-messages': '/v1/messages',
  'gemini-content': '/v1beta/models/openai%2Fgpt-4o:generateContent',
  'openai-responses': '/v1/responses',
};
const features = REQUEST_FEATURES.flatMap((group) => group.features);
const why = whyNot(steadyEntry);

describe.skipIf(why !== undefined)(
  `requests that leave for OpenAI, as Steady judges them${why ? ` (${why})` : ''}`,
  () => {
    let scene: Scene;
    let steady: Steady;
    beforeAll(async () => {
      [scene, steady] = await Promise.all([openScene(), startSteady()]);
    }, 90_000);
    afterAll(() => Promise.all([scene.close(), steady.close()]));

    test.each(Object.entries(ROUTES))(
      'callers who speak %s',
      async (id, path) => {
        const dialect = dialects[id as DialectId];
        const complaints: string[] = [];
        let judged = 0;
        for (const { name, request } of features) {
          for (const stream of [false, true]) {
            const body = written(() => dialect.encodeRequest({ ...request, stream }, MODEL).bytes);
            if (!body) continue;
            const before = scene.openai.requests.length;
            await scene.ask(path, { ...(JSON.parse(String(body)) as object), drop_params: true });
            for (const sent of scene.openai.requests.slice(before)) {
              const found = await steady.complaints(sent.path.replace(/^\/v1/, ''), sent.body);
              complaints.push(...found.map((complaint) => `${name}: ${complaint}`));
              judged += 1;
            }
          }
        }
        expect(complaints).toEqual([]);
        expect(judged).toBeGreaterThan(20);
      },
      120_000,
    );

    test('a request that is none would be found', async () => {
      const body = Buffer.from('{"model":"gpt-4o","messages":"Hi"}');
      expect(await steady.complaints('/chat/completions', body)).not.toEqual([]);
    });
  },
);

/** What a wire has no words for can't be asked in it. */
function written(write: () => Buffer): Buffer | undefined {
  try {
    return write();
  } catch {
    return undefined;
  }
}
