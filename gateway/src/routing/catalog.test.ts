import fc from 'fast-check';
import { expect, test } from 'vitest';
import { failureOf, provider } from '../../test/support.ts';
import { providers } from '../providers/index.ts';
import { catalog, type CatalogSettings } from './catalog.ts';
import type { ModelSettings } from './deployment.ts';
import { fullModelName } from './known-names.ts';

const acme = provider({ knows: [/^acme-/], aliases: { old: 'new' }, models: ['acme-1'] });
const other = provider({ id: 'other', keyEnv: ['OTHER_API_KEY'], baseUrl: 'https://other.test/v1' });
const own = provider({ id: 'own', keyEnv: ['OWN_KEY'], baseUrlEnv: ['OWN_BASE'], keyOptional: true });
const { baseUrl: _, ...noBase } = own;
const ENVIRONMENT: Record<string, string> = { ACME_API_KEY: 'sk-acme', OTHER_API_KEY: 'sk-other' };

function entry(name: string, target: string, more: Partial<ModelSettings> = {}): ModelSettings {
  return { name, target, weight: 1, ...more };
}

function catalogOf(settings: Partial<CatalogSettings> = {}, environment = ENVIRONMENT) {
  return catalog([acme, other, noBase], {
    models: [],
    providers: {},
    aliases: {},
    multiProvider: true,
    environment: (name) => environment[name],
    ...settings,
  });
}

function targets(settings: Partial<CatalogSettings>, name: string): string[] {
  return catalogOf(settings)
    .deploymentsOf(name)
    .map((deployment) => `${deployment.provider.id}/${deployment.model}`);
}

test.each([
  ['acme/anything/at/all', 'acme/anything/at/all'],
  ['acme-9', 'acme/acme-9'],
  ['old', 'acme/new'],
  ['other/acme-9', 'other/acme-9'],
])('%s leads to %s', (name, expected) => {
  expect(targets({}, name)).toEqual([expected]);
});

test.each([
  ['gpt-4', 'openai/gpt-4-turbo'],
  ['gpt-4o', 'openai/gpt-4o'],
  ['claude-sonnet-4-5', 'anthropic/claude-sonnet-4-5'],
  ['openai/gpt-4', 'openai/gpt-4'],
  ['nobody-knows', 'nobody-knows'],
  ['constructor', 'constructor'],
])('the full name of %s is %s', (name, expected) => {
  expect(fullModelName(providers, name)).toBe(expected);
});

test.each(['nobody', 'nowhere/x', '', 'constructor', '__proto__', '/x'])(
  '%o is unknown, and says how to find out',
  async (name) => {
    const error = await failureOf(() => catalogOf().deploymentsOf(name));
    expect(error).toMatchObject({ code: 'model.unknown', status: 404 });
    expect(error.details.param).toBe('model');
  },
);

test('a provider without a key says which name the key goes by', async () => {
  const error = await failureOf(() => catalogOf({}, {}).deploymentsOf('acme-9'));
  expect(error).toMatchObject({ code: 'model.unknown' });
  expect(error.message).toContain('ACME_API_KEY');
});

test('a provider without an address says which name the address goes by', async () => {
  expect((await failureOf(() => catalogOf().deploymentsOf('own/x'))).message).toContain('OWN_BASE');
});

test('a field that its provider doesn’t have is refused, with those that it has', async () => {
  const fields = { regoin: 'eu-west-1' };
  const cloud = provider({ id: 'cloud', fields: { region: { env: [], description: '' } } });
  const all = (settings: Partial<CatalogSettings>) => () =>
    catalog([acme, cloud], {
      models: [],
      providers: {},
      aliases: {},
      multiProvider: true,
      environment: () => '',
      ...settings,
    });
  const mistakes: readonly [Partial<CatalogSettings>, string][] = [
    [{ models: [entry('x', 'cloud/x', { fields })] }, 'of model "x" is none that cloud has; it has only region.'],
    [
      { providers: { cloud: { enabled: true, fields } } },
      'of provider "cloud" is none that cloud has; it has only region.',
    ],
    [{ providers: { acme: { enabled: true, fields } } }, 'of provider "acme" is none that acme has; it has none.'],
  ];
  for (const [settings, words] of mistakes)
    expect((await failureOf(all(settings))).message).toBe(`The field "regoin" ${words}`);
  expect(all({ providers: { cloud: { enabled: true, fields: { region: 'eu-west-1' } } } })).not.toThrow();
});

test('a server that needs no key is asked without one', () => {
  const [found] = catalogOf({}, { OWN_BASE: 'http://localhost:9/v1' }).deploymentsOf('own/x');
  expect(found).toMatchObject({ key: undefined, origin: 'http://localhost:9', pathPrefix: '/v1' });
});

test('entries of one name are a group, in the order they stand', () => {
  const models = [entry('m', 'acme/a'), entry('m', 'other/b'), entry('n', 'acme/c')];
  expect(targets({ models }, 'm')).toEqual(['acme/a', 'other/b']);
});

test('a wildcard’s target takes what the stars stood for', () => {
  const models = [entry('team-*/v*', 'acme/*-x-*')];
  expect(targets({ models }, 'team-a/v2')).toEqual(['acme/a-x-2']);
});

test('the most specific name wins, wherever it stands', () => {
  const models = [entry('*', 'acme/any'), entry('fast-*', 'acme/fast'), entry('fast-one', 'acme/one')];
  for (const list of [models, models.toReversed()]) {
    expect(['fast-one', 'fast-two', 'slow'].flatMap((name) => targets({ models: list }, name))).toEqual([
      'acme/one',
      'acme/fast',
      'acme/any',
    ]);
  }
});

test('two entries of one wildcard are a group', () => {
  expect(targets({ models: [entry('x-*', 'acme/*'), entry('x-*', 'other/*')] }, 'x-1')).toEqual(['acme/1', 'other/1']);
});

test('signs in a wildcard mean themselves', () => {
  const models = [entry('a.b(*)', 'acme/*')];
  expect(targets({ models }, 'a.b(1)')).toEqual(['acme/1']);
  expect(() => targets({ models }, 'aXb(1)')).toThrow('not known');
});

test('a wildcard matches every name that begins and ends as it does', () => {
  fc.assert(
    fc.property(fc.string(), (middle) => {
      const name = `a${middle.replace(/[\n\r\u2028\u2029]/g, '')}z`;
      expect(targets({ models: [entry('a*z', 'acme/*')] }, name)).toEqual([`acme/${name.slice(1, -1)}`]);
    }),
  );
});

test('an alias leads where its name leads, before anything else of that name', () => {
  const models = [entry('m', 'acme/a'), entry('fast', 'other/b')];
  expect(targets({ models, aliases: { fast: 'm', known: 'acme-2' } }, 'fast')).toEqual(['acme/a']);
  expect(targets({ aliases: { known: 'acme-2' } }, 'known')).toEqual(['acme/acme-2']);
});

test('with a model list, only what is on it may be asked', () => {
  const models = [entry('m', 'acme/a')];
  expect(() => targets({ models }, 'acme/b')).toThrow('not known');
  expect(targets({ models, providers: { acme: { enabled: true } } }, 'acme/b')).toEqual(['acme/b']);
});

test('a provider that is switched off is not asked, and not listed', () => {
  const settings = { providers: { acme: { enabled: false } } };
  expect(() => targets(settings, 'acme-9')).toThrow('not known');
  expect(catalogOf(settings).names()).toEqual([]);
});

test('the default provider takes names that nobody claims, whole', () => {
  expect(targets({ defaultProvider: 'other' }, 'some/strange-name')).toEqual(['other/some/strange-name']);
});

test('as a plain proxy, every name goes unchanged to the first provider', () => {
  expect(targets({ multiProvider: false }, 'other/x')).toEqual(['acme/other/x']);
  expect(targets({ multiProvider: false }, 'old')).toEqual(['acme/old']);
});

test('a provider’s own key is never sent to an address that an entry names', () => {
  const models = [
    entry('elsewhere', 'acme/a', { apiBase: 'https://evil.test/v1' }),
    entry('signed', 'acme/a', { apiBase: 'https://elsewhere.test/v1', key: 'sk-entry' }),
    entry('home', 'acme/a', { apiBase: 'https://acme.test/v1' }),
  ];
  const keyOf = (name: string) => catalogOf({ models }).deploymentsOf(name)[0]?.key;
  expect(['elsewhere', 'signed', 'home'].map(keyOf)).toEqual([undefined, 'sk-entry', 'sk-acme']);
});

test('an entry’s own settings travel with it', () => {
  const models = [
    entry('m', 'acme/a', { apiBase: 'http://10.0.0.7:9000/openai/v1/', headers: { b: '2' }, timeoutMs: 7, order: 3 }),
  ];
  const settings = { models, providers: { acme: { enabled: true, headers: { a: '1', b: '1' } } } };
  expect(catalogOf(settings).deploymentsOf('m')[0]).toMatchObject({
    origin: 'http://10.0.0.7:9000',
    pathPrefix: '/openai/v1',
    headers: { b: '2' },
    timeoutMs: 7,
    order: 3,
  });
});

test('a provider’s headers may sign, so they go only where its key goes', () => {
  const models = [
    entry('home', 'acme/a', { headers: { b: '2' } }),
    entry('elsewhere', 'acme/a', { apiBase: 'http://10.0.0.7' }),
  ];
  const names = catalogOf({ models, providers: { acme: { enabled: true, key: 'sk', headers: { a: '1' } } } });
  expect(names.deploymentsOf('home')[0]?.headers).toEqual({ a: '1', b: '2' });
  expect(names.deploymentsOf('elsewhere')[0]?.headers).toEqual({});
});

test('a listed model whose provider has no key anywhere says so, instead of asking unsigned', async () => {
  const names = catalogOf({ models: [entry('m', 'acme/a'), entry('m', 'other/b')] }, { OTHER_API_KEY: 'sk' });
  expect(names.deploymentsOf('m').map(({ provider: { id } }) => id)).toEqual(['other']);
  const none = catalogOf({ models: [entry('m', 'acme/a')] }, {});
  expect((await failureOf(() => none.deploymentsOf('m'))).message).toContain('ACME_API_KEY');
});

test('a listed model that signs in its own way needs no key', () => {
  const own = { headers: { 'X-Signature': 's' } };
  expect(catalogOf({ models: [entry('m', 'acme/a', own)] }, {}).deploymentsOf('m')).toHaveLength(1);
});

test.each([
  ['nowhere/x', 'names no provider'],
  ['own/x', 'no address'],
])('a list that leads to %s can’t be served, and says so at once', (target, word) => {
  expect(() => catalogOf({ models: [entry('m', target)] })).toThrow(word);
});

test('what is listed can be asked', () => {
  const models = [entry('m', 'acme/a'), entry('w-*', 'acme/*')];
  const names = catalogOf({ models, aliases: { fast: 'm' }, providers: { acme: { enabled: true } } });
  expect(names.names().map(({ name }) => name)).toEqual(['m', 'fast', 'acme/acme-1']);
  for (const { name } of names.names()) expect(names.deploymentsOf(name)).not.toEqual([]);
});

test('a model at the address of a known provider is that provider’s, with its own key', () => {
  const models = [entry('group', 'any-name', { apiBase: 'https://other.test/v2' })];
  const [found] = catalogOf({ models }).deploymentsOf('group');
  expect(found).toMatchObject({ provider: { id: 'other' }, model: 'any-name', pathPrefix: '/v2' });
  expect(() => catalogOf({ models: [entry('group', 'any-name', { apiBase: 'https://nobody.test/v2' })] })).toThrow(
    'names no provider',
  );
});

test('a server that was found is asked where it is, and its models are listed, as soon as somebody has looked', async () => {
  let found: ReturnType<NonNullable<CatalogSettings['found']>> = [];
  const names = catalogOf({ found: () => found });
  const listed = () => names.names().filter(({ provider: id }) => id === 'own');
  expect(await failureOf(() => names.deploymentsOf('own/m'))).toMatchObject({ code: 'model.unknown' });
  expect(listed()).toEqual([]);
  found = [{ name: 'Own', provider: 'own', baseUrl: 'http://127.0.0.1:9/v1', models: ['m', 'n'] }];
  expect(names.deploymentsOf('own/m')).toMatchObject([{ origin: 'http://127.0.0.1:9', pathPrefix: '/v1', model: 'm' }]);
  expect(listed().map(({ name }) => name)).toEqual(['own/m', 'own/n']);
  const withModels = catalogOf({ found: () => found, models: [entry('mine', 'acme/x')] });
  expect(withModels.names().map(({ name }) => name)).not.toContain('own/m');
  const elsewhere = catalogOf({ found: () => found }, { ...ENVIRONMENT, OWN_BASE: 'http://own.test' });
  expect(elsewhere.deploymentsOf('own/m')).toMatchObject([{ origin: 'http://own.test' }]);
});
