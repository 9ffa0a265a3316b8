import { expect, test } from 'vitest';
import { provider } from '../../test/support.ts';
import type { HttpProvider, Provider } from '../providers/contract.ts';
import { Deployments, type ModelSettings, type ProviderSettings } from './deployment.ts';
import { splitTarget } from './known-names.ts';

const cloud = (overrides: Partial<HttpProvider> = {}): Provider =>
  provider({
    prefixes: ['acme_chat'],
    baseUrl: 'https://{region}.acme.test/v1',
    fields: {
      region: { env: ['ACME_REGION', 'REGION'], description: 'Where.' },
      tier: { env: ['ACME_TIER'], default: 'usual', description: 'How fast.' },
      secretId: { env: ['ACME_SECRET'], secret: true, description: 'Signs.' },
    },
    ...overrides,
  });

function deployments(environment: Record<string, string>, acme: Partial<ProviderSettings> = {}): Deployments {
  return new Deployments({ providers: { acme: { enabled: true, ...acme } }, environment: (name) => environment[name] });
}

function entry(more: Partial<ModelSettings> = {}): ModelSettings {
  return { name: 'm', target: 'acme/m', weight: 1, ...more };
}

test('fields come from the entry, the settings, the environment and the provider, in that order', () => {
  const from = (environment: Record<string, string>, settings?: Record<string, string>, own?: Record<string, string>) =>
    deployments(environment, { fields: settings }).made(cloud(), 'm', entry({ fields: own })).fields;
  expect(from({ REGION: 'e' })).toEqual({ region: 'e', tier: 'usual', secretId: undefined });
  expect(from({ ACME_REGION: 'e', REGION: 'f' })).toMatchObject({ region: 'e' });
  expect(from({ REGION: 'e', ACME_TIER: 'fast' }, { region: 's' })).toMatchObject({ region: 's', tier: 'fast' });
  expect(from({ REGION: 'e' }, { region: 's' }, { region: 'own' })).toMatchObject({ region: 'own' });
});

test('the address is filled in with fields', () => {
  expect(deployments({ REGION: 'eu' }).made(cloud(), 'm')).toMatchObject({ origin: 'https://eu.acme.test' });
});

test('what an address lacks is named with the name that would give it', () => {
  expect(deployments({ ACME_API_KEY: 'k' }).missing(cloud())).toBe('its region is not configured (ACME_REGION)');
  expect(deployments({ ACME_API_KEY: 'k', REGION: 'eu' }).missing(cloud())).toBeUndefined();
});

test('secret fields don’t go where somebody else’s address leads', () => {
  const environment = { REGION: 'eu', ACME_SECRET: 'CANARY' };
  const elsewhere = entry({ apiBase: 'https://elsewhere.test' });
  expect(deployments(environment).made(cloud(), 'm', elsewhere).fields['secretId']).toBeUndefined();
  expect(deployments(environment).made(cloud(), 'm', entry()).fields['secretId']).toBe('CANARY');
});

test('whoever signs needs one of its sets of credentials whole', () => {
  const signing = { kind: 'aws', needs: [['region', 'secretId'], ['key']] } as const;
  const missing = (environment: Record<string, string>) =>
    deployments({ REGION: 'eu', ...environment }).missing(cloud({ signing }));
  expect(missing({})).toBe('no credentials for it are configured (ACME_REGION, ACME_SECRET)');
  expect(missing({ ACME_SECRET: 's' })).toBeUndefined();
  expect(missing({ ACME_API_KEY: 'k' })).toBeUndefined();
});

test('a provider may have further prefixes', () => {
  expect(splitTarget([cloud()], 'acme_chat/m')).toMatchObject({ provider: { id: 'acme' }, model: 'm' });
  expect(splitTarget([cloud()], 'acme_other/m')).toBeUndefined();
});
