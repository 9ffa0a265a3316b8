import { Cancellation } from '../model/cancellation.ts';
import { describe, expect, test } from 'vitest';
import { pieces } from '../../test/cuts.ts';
import { decoded, glanced } from '../../test/decoded.ts';
import {
  eventLine,
  type Fixture,
  fixtureNames,
  fixturesOf,
  type LocalFixture,
  localFixturesOf,
  updateUnderstood,
} from '../../test/fixtures.ts';
import { dialects } from '../dialects/index.ts';
import type { ReplyEvent } from '../model/reply.ts';
import { Ask, type ChatRequest, type DialectId } from '../model/request.ts';
import type { Turn } from '../model/turn.ts';
import { deployment } from '../../test/support.ts';
import { type Addressed, addressed, type HttpDeployment } from '../routing/address.ts';
import type { HttpProvider } from './contract.ts';
import { providers } from './index.ts';
import { openaiHosts } from './openai-hosts.ts';

const asked = providers.filter((provider) => provider.kind === 'http');
const local = providers.filter((provider) => provider.kind === 'local');

describe.each(asked)('$id', (provider) => {
  const own = fixturesOf(provider.id);
  // A host of the table is asked as any host that speaks OpenAI's API, unless there is something particular to show.
  const fixtures = own.length === 0 && openaiHosts.includes(provider) ? fixturesOf('openai-compatible') : own;

  test('has a fixture, if it has chats', () => expect(fixtures.length > 0).toBe(provider.chat.length > 0));

  test('says where it is documented, and asks at paths', () => {
    expect(provider.docs).toMatch(/^https:\/\//);
    const operations = Object.values(provider.operations ?? {});
    expect(provider.chat.length + operations.length).toBeGreaterThan(0);
    for (const { path } of [...provider.chat, ...operations]) {
      const paths =
        typeof path === 'string' ? [path] : [true, false].map((stream) => path({ model: 'm', stream, fields: {} }));
      for (const one of paths) expect(one).toMatch(/^\/.*[^/]$/);
    }
  });

  test('signs with the key it is given, and never signs with none', () => {
    expect(Object.values(provider.headers('k-1', {})).join(' ')).toContain('k-1');
    expect(JSON.stringify(provider.headers(undefined, {}))).not.toContain('undefined');
  });

  test.each(fixtures)('$name: says where it comes from', ({ story }) => {
    expect(story).toMatch(/\b(Documented|Constructed|Recorded)\b/);
  });

  test.each(fixtures)('$name: is asked in its own dialect, patched or written anew', (fixture) => {
    for (const { request } of [askedOf(provider, fixture, 'as it came'), askedOf(provider, fixture, 'looked at')]) {
      expect(request.path).toBe(fixture.sent.path);
      expect(JSON.parse(String(request.body))).toEqual(JSON.parse(fixture.sent.text));
    }
  });

  test.each(fixtures)('$name: is understood, however the network cuts its bytes', (fixture) => {
    const { dialect } = askedOf(provider, fixture, 'as it came').endpoint;
    const bytes = Buffer.from(fixture.answered.text);
    const sizes = [bytes.length, 7, 1];
    expectUnderstood(
      fixture,
      sizes.map((size) => decoded(dialect, fixture.answered.form, pieces(bytes, size))),
    );
  });

  test.each(fixtures)('$name: ends at a glance as it ends when it is read', (fixture) => {
    const { dialect } = askedOf(provider, fixture, 'as it came').endpoint;
    const bytes = Buffer.from(fixture.answered.text);
    const ends = decoded(dialect, fixture.answered.form, [bytes]).filter(({ type }) =>
      ['finish', 'error', 'end'].includes(type),
    );
    const seen = glanced(dialect, fixture.answered.form, [bytes]);
    expect(seen.filter(({ type }) => type !== 'usage')).toEqual(ends);
  });
});

describe.each(local)('$id', (provider) => {
  const fixtures = localFixturesOf(provider.id);

  test('has a fixture', () => expect(fixtures).not.toEqual([]));

  test.each(fixtures)('$name: is answered without a network', async (fixture) => {
    const { request, model } = requestOf(fixture);
    const events: ReplyEvent[] = [];
    for await (const event of provider.answer(request, model, 'reply-1')) events.push(event);
    expectUnderstood(fixture, [events]);
  });
});

test('every fixture belongs to a provider', () => {
  expect(fixtureNames().filter((name) => !providers.some(({ id }) => name.startsWith(`${id}.`)))).toEqual([]);
});

test('providers have ids of their own, in letters that a model name may start with', () => {
  const ids = providers.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)]);
  for (const id of ids) expect(id).toMatch(/^[a-z][a-z0-9_-]*$/);
});

/** Every reading is what the fixture tells; `UPDATE=1` makes the fixture tell the first of them. */
function expectUnderstood(fixture: LocalFixture, readings: readonly (readonly ReplyEvent[])[]): void {
  const [first = [], ...others] = readings.map((events) => events.map(eventLine));
  for (const other of others) expect(other).toEqual(first);
  if (process.env['UPDATE'] === '1') updateUnderstood(fixture, first);
  else expect(first.map(parsed)).toEqual(linesOf(fixture).map(parsed));
}

function parsed(line: string): unknown {
  return JSON.parse(line);
}

function linesOf({ understood }: LocalFixture): string[] {
  return understood.split('\n').filter((line) => line !== '');
}

function requestOf({ request: { dialect, text } }: LocalFixture): { request: ChatRequest; model: string } {
  const body = parsed(text) as Record<string, unknown>;
  const ask = dialects[dialect].readRequest({ dialect, bytes: Buffer.from(text), body });
  return { request: ask.look(), model: ask.head.model };
}

/** The question to the provider: from the caller's own bytes, or as if a stage had looked and made it anew. */
function askedOf(provider: HttpProvider, { request }: Fixture, how: 'as it came' | 'looked at'): Addressed {
  const body = JSON.parse(request.text) as Record<string, unknown>;
  const arrived = dialects[request.dialect].readRequest({
    dialect: request.dialect,
    bytes: Buffer.from(request.text),
    body,
  });
  const ask = how === 'as it came' ? arrived : Ask.made(arrived.look());
  return addressed(
    turnOf(ask, request.dialect),
    deployment({ provider, model: arrived.head.model, key: 'k', pathPrefix: '' }) as HttpDeployment,
    true,
  );
}

function turnOf(ask: Ask, dialect: DialectId): Turn {
  return {
    id: 'turn-1',
    caller: { keyId: 'key-1', role: 'basic' },
    dialect,
    ask,
    switches: {},
    ownFields: [],
    cancellation: new Cancellation(),
    headers: {},
    warnings: [],
  };
}
