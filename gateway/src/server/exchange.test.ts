import { afterEach, expect, test } from 'vitest';
import { CHAT, served } from '../../test/served.ts';
import { GatewayError, type ErrorDetails } from '../model/error.ts';
import type { ErrorCode } from '../model/error-rules.ts';
import type { RunningServer } from './http.ts';

const running: RunningServer[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop(0);
});

async function headersOf(code: ErrorCode, details: ErrorDetails = {}): Promise<Headers> {
  const { server, post } = await served({ send: () => Promise.reject(new GatewayError(code, 'It failed.', details)) });
  running.push(server);
  return (await post('/v1/messages', { ...CHAT, max_tokens: 9 })).headers;
}

// Claude Code asks again for minutes when its key is refused, unless it is told not to.
test.each<[ErrorCode, ErrorDetails]>([
  ['key.invalid', {}],
  ['model.unknown', {}],
  ['request.unsupported', {}],
  ['upstream.auth', {}],
  ['upstream.broke', {}],
])('%s tells clients not to ask again', async (code, details) => {
  expect((await headersOf(code, details)).get('x-should-retry')).toBe('false');
});

test.each<[ErrorCode, ErrorDetails]>([
  ['upstream.rate-limited', { retryAfterMs: 1500 }],
  ['request.timeout', {}],
  ['gateway.stopping', {}],
  ['gateway.bug', {}],
])('%s %j leaves it to them', async (code, details) => {
  expect((await headersOf(code, details)).get('x-should-retry')).toBeNull();
});
