import { expect, test } from 'vitest';
import { record } from '../../test/support.ts';
import { GatewayError } from '../model/error.ts';
import type { TurnRecord } from '../model/turn.ts';
import { callbackFor } from './index.ts';

const SETTINGS = { kind: 'langfuse', host: 'https://langfuse.test/', publicKey: 'pk-1', secretKey: 'sk-1' } as const;
const project = callbackFor(SETTINGS);

interface Event {
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  readonly body: Record<string, unknown>;
}

function events(...records: readonly TurnRecord[]): Event[] {
  return (JSON.parse(project.delivery(records).body) as { batch: Event[] }).batch;
}

test('turns go to the ingestion API, signed with the project’s keys', () => {
  const { url, headers } = project.delivery([record()]);
  expect(url).toBe('https://langfuse.test/api/public/ingestion');
  expect(headers['authorization']).toBe(`Basic ${Buffer.from('pk-1:sk-1').toString('base64')}`);
});

test('each turn is a trace and a generation in it', () => {
  const [trace, generation, ...others] = events(record({ tags: ['a'] }));
  expect(others).toEqual([]);
  expect(trace).toEqual({
    id: 'turn-1-trace',
    type: 'trace-create',
    timestamp: '2023-11-14T22:13:20.000Z',
    body: {
      id: 'turn-1',
      timestamp: '2023-11-14T22:13:20.000Z',
      name: 'openai-chat',
      userId: 'key-1',
      tags: ['a'],
      metadata: { http_status: 200 },
    },
  });
  expect(generation).toMatchObject({
    id: 'turn-1-generation',
    type: 'generation-create',
    body: {
      traceId: 'turn-1',
      model: 'upstream-model',
      startTime: '2023-11-14T22:13:20.000Z',
      endTime: '2023-11-14T22:13:21.234Z',
      completionStartTime: '2023-11-14T22:13:20.234Z',
      usageDetails: { input: 11, output: 7, total: 18 },
      level: 'DEFAULT',
    },
  });
});

test('ids are the same when a delivery is tried again, and differ between turns', () => {
  const ids = (turnId: string) => events(record({ turnId })).map(({ id }) => id);
  expect(ids('a')).toEqual(ids('a'));
  expect(new Set([...ids('a'), ...ids('b')]).size).toBe(4);
});

test('cached tokens are not counted twice', () => {
  const usage = { inputTokens: 100, outputTokens: 5, cacheReadTokens: 60, cacheWriteTokens: 30 };
  const details = events(record({ usage }))[1]?.body['usageDetails'] as Record<string, number>;
  expect(details).toEqual({ input: 10, input_cached_tokens: 60, input_cache_creation: 30, output: 5, total: 105 });
  const { total, ...parts } = details;
  expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBe(total);
});

test('a failure is an error by its code; what the provider said is not told', () => {
  const error = new GatewayError('upstream.refused', 'CANARY', { status: 400, cause: 'CANARY' });
  const failed = record({ end: 'failed', error, usage: undefined, upstreamModel: undefined, firstOutputMs: undefined });
  const body = events(failed)[1]?.body ?? {};
  expect(body).toMatchObject({ level: 'ERROR', statusMessage: 'upstream.refused', model: 'the-model' });
  expect(body).not.toHaveProperty('usageDetails');
  expect(body).not.toHaveProperty('completionStartTime');
  expect(project.delivery([failed]).body).not.toContain('CANARY');
});

test('what the cache answered costs nothing, and says so', () => {
  const body = events(record({ cache: 'hit', provider: undefined, attempts: [] }))[1]?.body;
  expect(body).not.toHaveProperty('usageDetails');
  expect(body).toMatchObject({ metadata: { cache: 'hit' } });
});

test('an answer of 207 that took everything is no complaint', () => {
  const body = JSON.stringify({ successes: [{ id: 'a', status: 201 }], errors: [] });
  expect(project.complaint?.(body)).toBeUndefined();
});

test('an answer of 207 that refused events says how many and why', () => {
  const errors = [{ id: 'a', status: 400, message: 'Invalid request data', error: 'CANARY' }];
  const said = project.complaint?.(JSON.stringify({ successes: [], errors }));
  expect(said).toContain('1 event');
  expect(said).toContain('Invalid request data');
  expect(said).not.toContain('CANARY');
});

test.each(['', 'no json', 'null', '[]', '{"errors":7}'])('an answer that says %o is no complaint', (body) => {
  expect(project.complaint?.(body)).toBeUndefined();
});
