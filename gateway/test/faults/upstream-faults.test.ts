import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Heard } from './caller.ts';
import {
  ALL_DIALECTS,
  anthropic,
  type DialectView,
  gemini,
  openai,
  OTHER_PROVIDERS,
  type ProviderView,
  responses,
} from './dialect-view.ts';
import { printed } from './observed.ts';
import { FAULTS, type Fault, type Outcome } from './upstream-matrix.ts';
import { PROMPT_CANARY, startWorld, type World } from './world.ts';

/** Who asks whom. OpenAI's provider is asked for Responses as it is asked for chats. */
const PAIRS: readonly Pair[] = [
  ...[openai, anthropic].flatMap((dialect) => [openai, anthropic].map((target) => ({ dialect, target }))),
  { dialect: responses, target: responses },
  { dialect: responses, target: anthropic },
  { dialect: gemini, target: gemini },
  { dialect: gemini, target: openai },
  { dialect: openai, target: gemini },
  ...OTHER_PROVIDERS.map((target) => ({ dialect: openai, target })),
];

interface Pair {
  readonly dialect: DialectView;
  readonly target: ProviderView;
}

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  expect(await world.close(), 'secrets where none may be').toEqual([]);
});

describe.concurrent.each(FAULTS)('a provider that $does', (fault) => {
  const rows = PAIRS.filter(
    ({ target: { id } }) => (fault.only === undefined || id === fault.only) && id !== fault.not,
  ).flatMap((pair) => [false, true].map((stream) => ({ ...pair, stream })));
  test.each(rows.map((row) => ({ ...row, ...namesOf(row) })))(
    'as $provider, asked by $caller for $form',
    async ({ dialect, target, stream }) => {
      const model = `${target.prefix}${fault.act}`;
      const heard = await world.ask({ dialect, model, stream, prompt: PROMPT_CANARY });
      const outcome = outcomeOf(fault, stream, dialect !== target);
      expectOutcome(heard, outcome, stream);
      expectOnlyOurHeaders(heard);
    },
  );
});

test.each(ALL_DIALECTS)('a redirect to another host is not followed with what $id was told', async (dialect) => {
  let visits = 0;
  const elsewhere = createServer((socket) => {
    visits += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  const { port } = elsewhere.address() as AddressInfo;
  for (const stream of [true, false]) {
    const model = `${dialect.prefix}redirect:http://127.0.0.1:${port}/v1/chat/completions`;
    const heard = await world.ask({ dialect, model, stream, prompt: PROMPT_CANARY });
    expect(heard.status, heard.body).toBe(502);
    expect(heard.headers.location).toBeUndefined();
  }
  expect(visits).toBe(0);
  expect(world.provider.requests.filter(({ path }) => path.includes('canary'))).toEqual([]);
  elsewhere.close();
});

test('every fault has one record, which says how it ended', async () => {
  const turns = await world.records(world.provider.requests.length);
  expect(turns.filter(({ end }) => end === 'cancelled')).toEqual([]);
  expect(turns.length).toBe(world.provider.requests.length);
  expect(turns.filter(({ status, end }) => end === 'finished' && status !== 200)).toEqual([]);
});

test('nothing is still in flight, and the process has found no fault in itself', async () => {
  expect(await world.metric('synthlang_requests_in_flight')).toBe(0);
  expect(printed(world.gateway)).not.toMatch(/gateway\.bug|"msg":"bug"/);
});

function namesOf({ dialect, target, stream }: Pair & { readonly stream: boolean }) {
  return { caller: dialect.id, provider: target.id, form: stream ? 'a stream' : 'a plain reply' };
}

function outcomeOf({ plain, stream, streamTranslated }: Fault, isStream: boolean, isTranslated: boolean): Outcome {
  if (!isStream) return plain;
  return isTranslated && streamTranslated ? streamTranslated : stream;
}

function expectOutcome(heard: Heard, outcome: Outcome, stream: boolean): void {
  expect(heard.broken, 'HTTP itself must end properly').toBe(false);
  if (outcome.kind === 'refused') {
    expect(heard.status, heard.body).toBe(outcome.status);
    expect(heard.error, heard.body).toBeDefined();
    expect(heard.body).not.toMatch(/<html|<!doctype/i);
    return;
  }
  expect(heard.status, heard.body).toBe(200);
  if (outcome.kind === 'answer') {
    expect(heard.text).toBe(outcome.text);
    expect(heard.looksFinished).toBe(true);
    expect(heard.error).toBeUndefined();
    return;
  }
  expect(stream).toBe(true);
  expect(heard.error, heard.body).toBeDefined();
  expect(heard.looksFinished, heard.body).toBe(false);
  expect('word1 word2 word3 word4 word5').toContain(heard.text.trim());
  expect(heard.text).toContain('word1');
}

function expectOnlyOurHeaders({ headers }: Heard): void {
  const known =
    /^(content-type|content-length|transfer-encoding|connection|keep-alive|date|cache-control|x-accel-buffering|x-request-id|x-synthlang-[a-z-]+|x-should-retry|retry-after|retry-after-ms)$/;
  expect(Object.keys(headers).filter((name) => !known.test(name))).toEqual([]);
  expect(headers['x-request-id']).not.toBe('req_scripted');
}
