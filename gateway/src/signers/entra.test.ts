import { expect, onTestFinished, test } from 'vitest';
import { loopback } from '../../test/loopback.ts';
import { failureOf } from '../../test/support.ts';
import { Cancellation } from '../model/cancellation.ts';
import type { UpstreamRequest } from '../model/upstream.ts';
import { sharedDeadlines } from '../upstream/deadlines.ts';
import { httpTransport } from '../upstream/http.ts';
import { entraSigner } from './entra.ts';

const REQUEST: UpstreamRequest = {
  provider: 'azure',
  method: 'POST',
  origin: 'http://x',
  path: '/',
  headers: ['a', 'b'],
  body: undefined,
};

/** A token service on loopback that gives a new token each time, and a signer that asks it. */
async function scene(status = 200) {
  const server = await loopback((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    const token = { token_type: 'Bearer', expires_in: 3599, access_token: `token-${server.asked.length}` };
    response.end(JSON.stringify(status === 200 ? token : { error: 'invalid_client', error_description: 'hush' }));
  });
  const transport = httpTransport(
    { connectTimeoutMs: 1000, connectionsPerOriginMax: 10 },
    sharedDeadlines(() => performance.now()),
  );
  onTestFinished(transport.close);
  const clock = { nowMs: 1_700_000_000_000 };
  const sign = entraSigner({ transport: transport.send, nowMs: () => clock.nowMs });
  const application = {
    authority: `${server.url}/`,
    tenantId: 'our-tenant',
    clientId: 'app-1',
    clientSecret: 'sk-CANARY-secret',
    scope: 'https://cognitiveservices.azure.com/.default',
  };
  const signed = async (fields: Readonly<Record<string, string | undefined>>, key?: string) =>
    (await sign(REQUEST, { key, fields, cancellation: new Cancellation() })).headers;
  const asked = () =>
    server.asked.map(({ path, body }) => ({ path, form: Object.fromEntries(new URLSearchParams(body)) }));
  return { asked, clock, application, signed };
}

test('an application gets a token by its secret, once for many requests', async () => {
  const { asked, application, signed } = await scene();
  const all = await Promise.all([signed(application), signed(application), signed(application)]);
  expect(all).toEqual(all.map(() => ['a', 'b', 'authorization', 'Bearer token-1']));
  expect(asked()).toEqual([
    {
      path: '/our-tenant/oauth2/v2.0/token',
      form: {
        grant_type: 'client_credentials',
        client_id: 'app-1',
        client_secret: 'sk-CANARY-secret',
        scope: 'https://cognitiveservices.azure.com/.default',
      },
    },
  ]);
});

test('a token is renewed before it expires', async () => {
  const { clock, application, signed } = await scene();
  await signed(application);
  clock.nowMs += 3_599_000 - 5 * 60_000;
  expect(await signed(application)).toContain('Bearer token-2');
});

test('another application has a token of its own', async () => {
  const { application, signed } = await scene();
  await signed(application);
  expect(await signed({ ...application, clientId: 'app-2' })).toContain('Bearer token-2');
});

test('a key signs by itself, and a token that the operator renews is taken as it is', async () => {
  const { asked, application, signed } = await scene();
  expect(await signed(application, 'k-1')).toEqual(['a', 'b']);
  expect(await signed({ ...application, adToken: 'own-token' })).toContain('Bearer own-token');
  expect(asked()).toEqual([]);
});

test('a refusal is the provider’s, doesn’t repeat the secret, and isn’t kept', async () => {
  const { asked, application, signed } = await scene(401);
  const error = await failureOf(signed(application));
  expect(error).toMatchObject({ code: 'upstream.auth' });
  expect(error.message).toBe('Requests to azure can’t be signed: Entra ID answered 401 without a token.');
  await failureOf(signed(application));
  expect(asked()).toHaveLength(2);
});

test('half an application is none', async () => {
  const { application, signed } = await scene();
  expect((await failureOf(signed({ ...application, clientSecret: undefined }))).message).toContain('no application');
});
