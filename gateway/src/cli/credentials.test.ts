import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { credentials, credentialsPath, endpointOf, keepCredentials } from './credentials.ts';
import { temporaryFolder } from '../../test/temporary-folder.ts';

function home(): { readonly HOME: string } {
  const folder = temporaryFolder('home');
  return { HOME: folder };
}

test('flags win over the environment, and that over what was kept', async () => {
  const env = home();
  await keepCredentials(env, 'http://kept.example', 'sk-kept');
  expect(credentials(env, {})).toEqual({ endpoint: 'http://kept.example', key: 'sk-kept', isNamed: true });
  const said = { ...env, SYNTHLANG_ENDPOINT: 'http://said.example', SYNTHLANG_API_KEY: 'sk-said' };
  expect(credentials(said, {})).toMatchObject({ endpoint: 'http://said.example', key: 'sk-said' });
  expect(credentials(said, { endpoint: 'http://flag.example', apiKey: 'sk-flag' })).toMatchObject({
    endpoint: 'http://flag.example',
    key: 'sk-flag',
  });
});

test('a kept key isn’t sent to another address, whoever names it', async () => {
  const env = home();
  await keepCredentials(env, 'http://kept.example', 'sk-kept');
  expect(credentials(env, { endpoint: 'http://other.example' }).key).toBeUndefined();
  expect(credentials({ ...env, SYNTHLANG_ENDPOINT: 'http://kept.example:81' }, {}).key).toBeUndefined();
  expect(credentials(env, { endpoint: 'http://kept.example/v1/' }).key).toBe('sk-kept');
});

test('the file is its owner’s alone, also where an open one was before', async () => {
  const env = home();
  mkdirSync(dirname(credentialsPath(env)));
  writeFileSync(credentialsPath(env), '{}', { mode: 0o644 });
  await keepCredentials(env, 'http://kept.example', 'sk-kept');
  expect(statSync(credentialsPath(env)).mode & 0o777).toBe(0o600);
});

test.each([
  ['http://a.example', 'http://a.example'],
  ['https://a.example:8443/v1', 'https://a.example:8443'],
  ['https://a.example/gateway/v1/', 'https://a.example/gateway'],
])('%s is the gateway at %s', (text, endpoint) => expect(endpointOf(text)).toBe(endpoint));

test.each(['a.example', 'ftp://a.example', 'http://user:word@a.example', 'http://a.example?x=1', ''])(
  '"%s" is no address of a gateway',
  (text) => expect(() => endpointOf(text)).toThrow('must be an address'),
);
