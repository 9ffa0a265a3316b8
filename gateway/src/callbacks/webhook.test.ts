import { expect, test } from 'vitest';
import { record } from '../../test/support.ts';
import { GatewayError } from '../model/error.ts';
import { callbackFor } from './index.ts';

const hook = callbackFor({ kind: 'webhook', url: 'https://hook.test/x?y=1', headers: { 'x-token': 't' } });

function turns(...records: Parameters<typeof hook.delivery>[0]): unknown[] {
  return (JSON.parse(hook.delivery(records).body) as { turns: unknown[] }).turns;
}

test('turns are posted as JSON, with the headers that the operator wants', () => {
  const { url, headers } = hook.delivery([record()]);
  expect(url).toBe('https://hook.test/x?y=1');
  expect(headers).toEqual({ 'content-type': 'application/json', 'x-token': 't' });
  expect(turns(record(), record({ turnId: 'turn-2' }))).toHaveLength(2);
});

test('a turn says what happened, in plain words', () => {
  expect(turns(record({ tags: ['a'] }))).toEqual([
    {
      request_id: 'turn-1',
      status: 'success',
      http_status: 200,
      key_id: 'key-1',
      model: 'the-model',
      provider: 'acme',
      upstream_model: 'upstream-model',
      stream: true,
      started_at: '2023-11-14T22:13:20.000Z',
      duration_ms: 1234.5678,
      first_output_ms: 234.5,
      input_tokens: 11,
      output_tokens: 7,
      usage_estimated: false,
      cache: null,
      attempts: [{ target: 'acme/m', provider: 'acme', model: 'upstream-model', fallback: 0, ms: 12, error: null }],
      error: null,
      tags: ['a'],
    },
  ]);
});

test('a failure is told by its code; what the provider said is not', () => {
  const error = new GatewayError('upstream.refused', 'CANARY', { status: 400, cause: 'CANARY', upstreamCode: 'bad' });
  const failed = record({
    end: 'failed',
    status: 400,
    error,
    usage: undefined,
    provider: undefined,
    upstreamModel: undefined,
    attempts: [{ target: 'acme/m', provider: 'acme', model: 'm', fallback: 0, ms: 1, error }],
  });
  expect(turns(failed)).toMatchObject([
    {
      status: 'failure',
      provider: null,
      input_tokens: null,
      error: { code: 'upstream.refused', upstream_code: 'bad' },
      attempts: [{ error: 'upstream.refused' }],
    },
  ]);
  expect(hook.delivery([failed]).body).not.toContain('CANARY');
});
