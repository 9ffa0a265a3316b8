import { generateKeyPairSync } from 'node:crypto';
import { jwtVerify } from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import { loopback } from '../../test/loopback.ts';
import { Cancellation } from '../model/cancellation.ts';
import type { UpstreamRequest } from '../model/upstream.ts';
import { sharedDeadlines } from '../upstream/deadlines.ts';
import { httpTransport } from '../upstream/http.ts';
import { googleSigner } from './google.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const REQUEST: UpstreamRequest = {
  provider: 'acme',
  method: 'POST',
  origin: 'http://x',
  path: '/',
  headers: ['a', 'b'],
  body: undefined,
};

async function scene(status = 200, isBare = false) {
  let count = 0;
  const server = await loopback((_, response) => {
    count += 1;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(
      status === 200
        ? JSON.stringify({ access_token: `token-${count}`, expires_in: 3600 })
        : '{"error":"invalid_grant"}',
    );
  });
  const transport = httpTransport(
    { connectTimeoutMs: 1000, connectionsPerOriginMax: 10 },
    sharedDeadlines(() => performance.now()),
  );
  onTestFinished(transport.close);
  const clock = { nowMs: 1_700_000_000_000 };
  const credentials = JSON.stringify({
    type: 'service_account',
    client_email: 'robot@acme.example',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    private_key_id: 'k1',
    token_uri: `${server.url}/token`,
  });
  const files = new Map([['/keys/robot.json', credentials]]);
  const ambient: unknown[] = [];
  const sign = googleSigner(
    {
      transport: transport.send,
      nowMs: () => clock.nowMs,
      readText: (path) => {
        const text = files.get(path);
        return text === undefined ? Promise.reject(new Error('no such file')) : Promise.resolve(text);
      },
    },
    (scope, account) => {
      ambient.push([scope, account]);
      if (isBare)
        return Promise.reject(Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' }));
      return Promise.resolve({ text: 'ambient-token', expiresAtMs: clock.nowMs + 3_600_000 });
    },
  );
  const signed = async (fields: Record<string, string>, key?: string) =>
    (await sign(REQUEST, { key, fields, cancellation: new Cancellation() })).headers;
  return { server, clock, credentials, signed, ambient };
}

test('a service account’s word is exchanged for a token, once for all who ask at once', async () => {
  const { server, clock, credentials, signed } = await scene();
  const all = await Promise.all([signed({ credentials }), signed({ credentials }), signed({ credentials })]);
  expect(all).toEqual(Array.from({ length: 3 }, () => ['a', 'b', 'authorization', 'Bearer token-1']));
  expect(server.asked).toHaveLength(1);
  const form = new URLSearchParams(server.asked[0]?.body);
  expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
  const { payload, protectedHeader } = await jwtVerify(form.get('assertion') ?? '', publicKey, {
    currentDate: new Date(clock.nowMs),
    audience: `${server.url}/token`,
    issuer: 'robot@acme.example',
  });
  expect(payload).toMatchObject({
    scope: 'https://www.googleapis.com/auth/cloud-platform',
    iat: 1_700_000_000,
    exp: 1_700_003_600,
  });
  expect(protectedHeader).toMatchObject({ alg: 'RS256', kid: 'k1' });
});

test('a token is renewed shortly before it expires, and not earlier', async () => {
  const { clock, credentials, signed } = await scene();
  await signed({ credentials });
  clock.nowMs += 54 * 60_000;
  expect(await signed({ credentials })).toContain('Bearer token-1');
  clock.nowMs += 2 * 60_000;
  expect(await Promise.all([signed({ credentials }), signed({ credentials })])).toEqual([
    expect.arrayContaining(['Bearer token-2']),
    expect.arrayContaining(['Bearer token-2']),
  ]);
});

test('credentials may stand in a file, and a key needs none', async () => {
  const { server, signed } = await scene();
  expect(await signed({ credentials: '/keys/robot.json' })).toContain('Bearer token-1');
  expect(await signed({}, 'a-key')).toEqual(['a', 'b']);
  expect(server.asked).toHaveLength(1);
});

test.each([
  ['none, and no library of Google’s', {}],
  ['a file that is missing', { credentials: '/keys/none.json' }],
  ['JSON of something else', { credentials: '[]7' }],
  ['a key that is none', { credentials: '{"client_email":"a","private_key":"secret-key-text"}' }],
])('credentials that can’t sign are the gateway’s trouble, and are not repeated: %s', async (_, fields) => {
  const { signed } = await scene(200, true);
  const thrown: unknown = await signed(fields).catch((error: unknown) => error);
  expect(thrown).toMatchObject({ code: 'upstream.auth' });
  expect(String(thrown)).not.toContain('secret-key-text');
});

test('a token that is refused is asked for again the next time', async () => {
  const { server, credentials, signed } = await scene(400);
  for (const _ of [1, 2]) await expect(signed({ credentials })).rejects.toMatchObject({ code: 'upstream.auth' });
  expect(server.asked).toHaveLength(2);
});

test('other credentials, and the machine’s own, are for Google’s library, once until they expire', async () => {
  const { signed, ambient } = await scene();
  for (const _ of [1, 2]) expect(await signed({})).toContain('Bearer ambient-token');
  expect(await signed({ credentials: '{"type":"authorized_user"}' })).toContain('Bearer ambient-token');
  const scope = 'https://www.googleapis.com/auth/cloud-platform';
  expect(ambient).toEqual([
    [scope, undefined],
    [scope, { type: 'authorized_user' }],
  ]);
});
