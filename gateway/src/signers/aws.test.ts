import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Cancellation } from '../model/cancellation.ts';
import type { UpstreamRequest } from '../model/upstream.ts';
import { awsChain } from './aws-chain.ts';
import { awsSigner } from './aws.ts';

const NOW_MS = Date.parse('2026-11-23T08:00:00Z');
const REQUEST: UpstreamRequest = {
  provider: 'bedrock',
  method: 'POST',
  origin: 'https://bedrock-runtime.eu-west-1.amazonaws.com',
  path: '/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A1%3Ainference-profile%2Feu.m%3A0/converse',
  headers: ['content-type', 'application/json', 'user-agent', 'synthlang-proxy'],
  body: Buffer.from('{"messages":[{"text":"Grüße"}]}'),
};
const FIELDS = { region: 'eu-west-1', accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG' };
const nobody = () => Promise.reject(new Error('nobody is asked'));
const sign = awsSigner({ nowMs: () => NOW_MS }, nobody);
const ground = (fields: Readonly<Record<string, string>>, key?: string) => ({
  key,
  fields,
  cancellation: new Cancellation(),
});

describe('a request to Amazon', () => {
  test.each([[FIELDS], [{ ...FIELDS, sessionToken: 'a-token' }]])('is signed over what goes out', async (fields) => {
    const request = await sign(REQUEST, ground(fields));
    const headers = pairsOf(request.headers);
    expect(request).toMatchObject({ path: REQUEST.path, body: REQUEST.body });
    expect(headers['x-amz-security-token']).toBe('sessionToken' in fields ? 'a-token' : undefined);
    expect(headers['authorization']).toBe(authorizationOf(request, fields));
  });

  test('is signed again with the derived key of the day, and otherwise for other bytes', async () => {
    const [one, again, other] = await Promise.all(
      [REQUEST, REQUEST, { ...REQUEST, body: Buffer.from('{}') }].map((request) => sign(request, ground(FIELDS))),
    );
    expect(again).toEqual(one);
    expect(other?.headers).not.toEqual(one?.headers);
  });

  test('with a bearer key stays as it is', async () => {
    expect(await sign(REQUEST, ground(FIELDS, 'a-key'))).toBe(REQUEST);
  });

  test('is signed by a role or a profile with what Amazon’s chain gives', async () => {
    const wishes: unknown[] = [];
    const asked = awsSigner({ nowMs: () => NOW_MS }, (wish) => {
      wishes.push(wish);
      return Promise.resolve(FIELDS);
    });
    const request = await asked(REQUEST, ground({ region: 'eu-west-1', profile: 'work' }));
    expect(wishes).toEqual([{ profile: 'work', roleArn: undefined, region: 'eu-west-1' }]);
    expect(pairsOf(request.headers)['authorization']).toBe(authorizationOf(request, FIELDS));
  });

  test('says which package is missing where a profile needs one', async () => {
    const chain = awsChain(
      () => NOW_MS,
      () => Promise.reject(new Error('not found')),
    );
    const asked = awsSigner({ nowMs: () => NOW_MS }, chain)(REQUEST, ground({ region: 'eu-west-1', profile: 'work' }));
    await expect(asked).rejects.toMatchObject({
      code: 'upstream.auth',
      message: expect.stringContaining('npm install @aws-sdk/credential-provider-node'),
    });
  });
});

function pairsOf(list: readonly string[]): Record<string, string> {
  const pairs = list.flatMap((name, at) => (at % 2 === 0 ? [[name, list[at + 1] ?? '']] : []));
  return Object.fromEntries(pairs) as Record<string, string>;
}

/** Signature Version 4 by the book, without the library. Each part of the path is encoded once more. */
function authorizationOf(request: UpstreamRequest, fields: { accessKeyId: string; secretAccessKey: string }): string {
  const all: Record<string, string> = { ...pairsOf(request.headers), host: new URL(request.origin).host };
  const date = all['x-amz-date'] ?? '';
  const names = Object.keys(all)
    .filter((name) => name === 'host' || name.startsWith('x-amz-'))
    .sort();
  const canonical = [
    'POST',
    request.path.split('/').map(encodeURIComponent).join('/'),
    '',
    ...names.map((name) => `${name}:${all[name]}`),
    '',
    names.join(';'),
    sha256(request.body ?? Buffer.alloc(0)),
  ].join('\n');
  const scope = [date.slice(0, 8), 'eu-west-1', 'bedrock', 'aws4_request'];
  const text = ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256(Buffer.from(canonical))].join('\n');
  let key: Buffer = Buffer.from(`AWS4${fields.secretAccessKey}`);
  for (const part of scope) key = createHmac('sha256', key).update(part).digest();
  const signature = createHmac('sha256', key).update(text).digest('hex');
  return `AWS4-HMAC-SHA256 Credential=${fields.accessKeyId}/${scope.join('/')}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
