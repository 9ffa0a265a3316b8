import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canMakeCertificates, makeCertificates, type Certificates } from './certificates.ts';
import { DIALECTS } from './dialect-view.ts';
import { startWorld, type World } from './world.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const CONNECT_MS = 1500;
const LATE_MS = 250;
/** More than any buffer on the way holds, and no two parts of it are alike. */
const MUCH = Array.from({ length: 200_000 }, (_, at) => `word${at}`).join(' ');
const replyOf = (content: string) => ({
  id: 'x',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
});

const NAMES = ['good', 'expired', 'wrong-host', 'self-signed', 'outdated', 'no-tls'] as const;
type Name = (typeof NAMES)[number];

/** How many requests each server got, though none but the good one may get any. */
const served = new Map<Name, number>();

describe.skipIf(!canMakeCertificates())('a provider behind TLS', () => {
  const folder = temporaryFolder('certificates');
  const servers: Server[] = [];
  let world: World;

  beforeAll(async () => {
    const certificates = makeCertificates(folder);
    const models = await Promise.all(
      NAMES.map(async (name) => {
        const server = serverFor(name, certificates);
        servers.push(server);
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        const { port } = server.address() as AddressInfo;
        return { name, target: 'openai/m', key: 'sk-CANARY-tls-0123456789', apiBase: `https://127.0.0.1:${port}/v1` };
      }),
    );
    const nowhere = { name: 'nowhere', target: 'openai/m', key: 'sk-nowhere', apiBase: 'https://nowhere.invalid/v1' };
    world = await startWorld({
      models: [...models, nowhere],
      upstream: {
        connectTimeoutMs: CONNECT_MS,
        headersTimeoutMs: 10_000,
        firstOutputTimeoutMs: 10_000,
        totalTimeoutMs: 10_000,
      },
      env: { NODE_EXTRA_CA_CERTS: certificates.authorityFile },
    });
  });
  afterAll(async () => {
    expect(await world.close(), 'secrets where none may be').toEqual([]);
    for (const server of servers) server.close();
  });

  test('is trusted when its certificate is good', async () => {
    for (const dialect of DIALECTS) {
      const heard = await world.ask({ dialect, model: 'good', stream: false });
      expect(heard.text, heard.body).toBe('Trusted');
    }
  });

  test('carries much in both directions', async () => {
    for (const dialect of DIALECTS) {
      const heard = await world.ask({ dialect, model: 'good', stream: false, prompt: MUCH });
      expect(heard.text.length, heard.body.slice(0, 200)).toBe(MUCH.length);
      expect(heard.text === MUCH).toBe(true);
    }
  });

  const wrong = NAMES.filter((name) => name !== 'good');
  test.each([...wrong, 'nowhere'].flatMap((model) => DIALECTS.map((dialect) => ({ model, dialect, id: dialect.id }))))(
    'is not spoken to when it is $model, and a caller of $id hears so in time',
    async ({ model, dialect }) => {
      for (const stream of [true, false]) {
        const heard = await world.ask({ dialect, model, stream });
        expect(heard.status, heard.body).toBe(model === 'nowhere' && heard.body.includes('connect timer') ? 504 : 502);
        expect(heard.error).toBeDefined();
        expect(heard.body).not.toMatch(/127\.0\.0\.1|nowhere\.invalid|elsewhere\.test/);
        expect(heard.ms).toBeLessThan(CONNECT_MS + LATE_MS);
      }
      expect(served.get(model as Name)).toBeUndefined();
    },
  );
});

function serverFor(name: Name, { good, expired, wrongHost, selfSigned }: Certificates): Server {
  const options: Readonly<Record<Name, ServerOptions>> = {
    good,
    expired,
    'wrong-host': wrongHost,
    'self-signed': selfSigned,
    outdated: { ...good, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
    'no-tls': {},
  };
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    served.set(name, (served.get(name) ?? 0) + 1);
    const parts: Buffer[] = [];
    request.on('data', (bytes: Buffer) => parts.push(bytes));
    request.on('end', () => {
      const isMuch = Buffer.concat(parts).includes(MUCH);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(replyOf(isMuch ? MUCH : 'Trusted')));
    });
  };
  const server = name === 'no-tls' ? createHttpServer(answer) : createServer(options[name], answer);
  server.on('tlsClientError', () => undefined);
  server.on('clientError', (_: Error, socket: Duplex) => socket.destroy());
  return server;
}
