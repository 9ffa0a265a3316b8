import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { configJsonSchema } from './json-schema.ts';
import { loadText } from './load.ts';
import { changeBetween, NEEDS_RESTART } from './needs-restart.ts';
import { settingsReference } from './reference.ts';
import { Config } from './schema.ts';
import { settings } from './settings.ts';

const all = settings();

test('every setting says what it is for, in a sentence', () => {
  expect(all.length).toBeGreaterThan(70);
  for (const { name, description } of all) expect(description, name).toMatch(/[.]$/);
});

test('every number and every text has limits', () => {
  const open = all.filter(({ core }) => {
    if (core instanceof z.ZodNumber) return !isFinite(core.minValue ?? NaN) || !isFinite(core.maxValue ?? NaN);
    return core instanceof z.ZodString && core.maxLength === null;
  });
  expect(open.map(({ name }) => name)).toEqual([]);
});

test('whatever is called a key or a secret is one', () => {
  const named = all.filter(({ name }) => /(^|\.)(key|.*Key)$/.test(name));
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(({ secret }) => !secret)).toEqual([]);
});

test('defaults are themselves allowed', () => {
  const standard = Config.parse({});
  expect(Config.parse(standard)).toEqual(standard);
});

test.each([
  [{ server: { bodyBytesMax: 0 } }, 'server.bodyBytesMax must be at least 1024'],
  [{ server: { keepAliveTimeoutMs: 0 } }, 'server.keepAliveTimeoutMs must be at least 1'],
  [{ upstream: { totalTimeoutMs: 86_400_001 } }, 'upstream.totalTimeoutMs must be at most 86400000'],
  [{ routing: { backoffMinMs: 9000 } }, 'routing.backoffMinMs must not be above routing.backoffMaxMs'],
  [
    { providers: { openai: { baseUrl: 'ftp://x' } } },
    'providers.openai.baseUrl must be an http:// or https:// address',
  ],
  [{ providers: { openai: { headers: { 'a b': 'x' } } } }, 'is not a header name'],
  [{ access: { masterKey: '' } }, 'access.masterKey must have at least 1 characters'],
  [{ callbacks: [{ kind: 'webhook', url: 'http://x', on: [] }] }, 'callbacks[0].on must have at least 1 entries'],
])('%j is refused', (value, message) => {
  expect(() => loadText({ text: JSON.stringify(value), env: {} })).toThrow(message);
});

describe('the JSON Schema', () => {
  const schema = JSON.stringify(configJsonSchema());

  test('knows every name', () => {
    for (const { name } of all) {
      const last =
        name
          .split('.')
          .at(-1)
          ?.replace(/\[\]$|\(.*\)$/, '') ?? '';
      if (last !== '*') expect(schema).toContain(`"${last}":`);
    }
  });

  test('refuses unknown keys, demands nothing that has a default, and marks secrets', () => {
    const { required, additionalProperties } = configJsonSchema();
    expect({ required, additionalProperties }).toEqual({ required: undefined, additionalProperties: false });
    expect(schema).toContain('"writeOnly":true');
    expect(schema).not.toContain('"secret":');
  });
});

describe('the reference page', () => {
  const page = settingsReference();

  test('has a line for each setting and each environment name', () => {
    for (const { name } of all) expect(page).toContain(`| \`${name}\``);
    for (const name of ['SYNTHLANG__SERVER__PORT', 'PORT', 'API_KEY', 'DATABASE_URL'])
      expect(page).toContain(`\`${name}\``);
  });

  test('says type, default and meaning', () => {
    expect(page).toContain(
      '| `server.port` ¹ | `SYNTHLANG__SERVER__PORT` | whole number, 0 to 65535 | `8000` | Port to listen on; 0 takes any free one. |',
    );
    expect(page).toContain('| `callbacks[](webhook).url` |  | address | required | Where to post. |');
  });

  test('has rows of equal width, whatever they hold', () => {
    const rows = page.split('\n').filter((line) => line.startsWith('|'));
    const widths = new Set(rows.map((row) => row.replaceAll('\\|', '').split('|').length));
    expect([...widths].toSorted((a, b) => a - b)).toEqual([4, 5, 7]);
  });
});

test('a change names its settings, and those that wait for the next start', () => {
  const before = Config.parse({});
  const after = Config.parse({ server: { port: 1 }, routing: { aliases: { a: 'b' } } });
  expect(changeBetween(before, before)).toEqual({ changed: [], needsRestart: [] });
  expect(changeBetween(before, after)).toEqual({
    changed: ['server.port', 'routing.aliases'],
    needsRestart: ['server.port'],
  });
});

test('what needs a restart are settings that exist', () => {
  const names = new Set(all.map(({ name }) => name));
  expect(NEEDS_RESTART.filter((name) => !names.has(name))).toEqual([]);
});
