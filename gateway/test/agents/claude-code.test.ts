import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cutByReset, words } from '../scripted-provider/acts.ts';
import { behave } from '../scripted-provider/behaviour.ts';
import { inTurn } from '../scripted-provider/script.ts';
import { listOf } from '../scripted-provider/voice.ts';
import { askClaudeCode, claudeCode } from './claude-code.ts';
import { titleOf } from './desk.ts';
import { KEYS, type Office, openOffice, turnsOf } from './office.ts';
import { answerFor, asked, readsTheNotes, toolResults, toolsOf } from './round-trip.ts';

const TOOL = { name: 'Read', argument: 'file_path' };
const RUN_MS = 120_000;

describe.skipIf(claudeCode === undefined)(titleOf('Claude Code', claudeCode), () => {
  describe('with an Anthropic model', () => {
    let office: Office;
    let said: Awaited<ReturnType<typeof askClaudeCode>>['said'];
    beforeAll(async () => {
      office = await openOffice({ target: 'anthropic/claude-sonnet-4-5', tool: TOOL });
      const { desk, direct, gateway } = office;
      const session = randomUUID();
      await askClaudeCode({ desk, session, url: direct.url, key: KEYS.agent });
      ({ said } = await askClaudeCode({ desk, session, url: gateway.url, key: KEYS.agent }));
    }, RUN_MS);
    afterAll(() => office.close());

    test('says what its tools have read', () => {
      expect(said).toMatchObject({ is_error: false, result: answerFor(office.desk), num_turns: 3 });
    });

    test('asks no more often than without the gateway, and nobody else', () => {
      expect(asked(office.anthropic).length).toBe(asked(office.direct).length);
      expect(office.openai.requests).toEqual([]);
    });

    test('is passed on byte for byte, cache hints and context management included', () => {
      const [direct, passed] = [asked(office.direct)[0], asked(office.anthropic)[0]];
      expect(passed?.body.toString()).toBe(direct?.body.toString());
      expect(passed?.body.toString()).toContain('"cache_control":{"type":"ephemeral"}');
      expect(passed?.json).toHaveProperty('context_management');
    });

    test('hands back thinking with its signature, and what the files say', () => {
      const request = asked(office.anthropic).at(-1);
      const turn = listOf(request?.json['messages']).find(({ role }) => role === 'assistant');
      expect(listOf(turn?.['content']).map(({ type, signature }) => [type, signature])).toEqual([
        ['thinking', 'c2NyaXB0ZWQ='],
        ['tool_use', undefined],
        ['tool_use', undefined],
      ]);
      expect(request && toolResults(request).map(({ text }) => text)).toEqual(
        office.desk.notes.map(({ word }) => expect.stringContaining(word) as string),
      );
    });

    test('has its beta features asked for in the header, under the gateway’s key', () => {
      const [direct, passed] = [asked(office.direct)[0], asked(office.anthropic)[0]];
      for (const name of ['anthropic-beta', 'anthropic-version'])
        expect(passed?.headers[name]).toBe(direct?.headers[name]);
      expect(passed?.headers['x-api-key']).toBe(KEYS.anthropic);
      expect(passed?.headers).not.toHaveProperty('authorization');
      expect(JSON.stringify(office.anthropic.requests.map(({ headers }) => headers))).not.toContain(KEYS.agent);
    });

    test('makes the gateway drop and warn of nothing', async () => {
      const turns = await turnsOf(office.gateway);
      expect(turns.map(({ status, end, warnings = [] }) => [status, end, warnings])).toEqual(
        asked(office.anthropic).map(() => [200, 'finished', []]),
      );
    });
  });

  describe('with an OpenAI model', () => {
    let office: Office;
    let said: Awaited<ReturnType<typeof askClaudeCode>>['said'];
    beforeAll(async () => {
      office = await openOffice({ target: 'openai/gpt-4o-mini', tool: TOOL });
      const { desk, direct, gateway } = office;
      await askClaudeCode({ desk, url: direct.url, key: KEYS.agent });
      ({ said } = await askClaudeCode({ desk, url: gateway.url, key: KEYS.agent }));
    }, RUN_MS);
    afterAll(() => office.close());

    test('says what its tools have read', () => {
      expect(said).toMatchObject({ is_error: false, result: answerFor(office.desk), num_turns: 3 });
    });

    test('asks no more often than without the gateway, and nobody else', () => {
      expect(asked(office.openai).length).toBe(asked(office.direct).length);
      expect(office.anthropic.requests).toEqual([]);
    });

    test('offers every tool with its whole schema', () => {
      const [direct, translated] = [asked(office.direct)[0], asked(office.openai)[0]];
      expect(translated?.path).toBe('/v1/chat/completions');
      expect(translated && toolsOf(translated).length).toBeGreaterThan(10);
      expect(translated && toolsOf(translated)).toEqual(direct && toolsOf(direct));
    });

    test('hands back each result right behind the calls', () => {
      const request = asked(office.openai).at(-1);
      const messages = listOf(request?.json['messages']);
      const at = messages.findIndex(({ role }) => role === 'assistant');
      const calls = listOf(messages[at]?.['tool_calls']);
      expect(calls.map(({ function: called }) => called)).toEqual(
        office.desk.notes.map(({ path }) => ({ name: 'Read', arguments: JSON.stringify({ file_path: path }) })),
      );
      expect(messages.slice(at + 1, at + 3).map(({ role }) => role)).toEqual(['tool', 'tool']);
      expect(request && toolResults(request).map(({ callId }) => callId)).toEqual(calls.map(({ id }) => id));
      expect(request && toolResults(request).map(({ text }) => text)).toEqual(
        office.desk.notes.map(({ word }) => expect.stringContaining(word) as string),
      );
    });

    test('has none of its own headers sent to a provider that doesn’t know them', () => {
      for (const { headers } of office.openai.requests) {
        expect(headers['authorization']).toBe(`Bearer ${KEYS.openai}`);
        expect(Object.keys(headers).filter((name) => /^(anthropic|x-)/.test(name))).toEqual([]);
        expect(JSON.stringify(headers)).not.toContain(KEYS.agent);
      }
    });

    test('loses only what changes no answer, and the log says what', async () => {
      const warnings = new Set((await turnsOf(office.gateway)).flatMap((turn) => turn.warnings ?? []));
      const lost = ['cache_control', 'context_management', 'thinking', 'thinking.budget_tokens'];
      expect(warnings).toEqual(new Set(lost.map((field) => `dropped ${field}: openai has no such parameter`)));
    });
  });

  describe('in trouble', { timeout: RUN_MS }, () => {
    let office: Office;
    beforeAll(async () => {
      office = await openOffice({ target: 'openai/gpt-4o-mini', tool: TOOL });
    }, RUN_MS);
    afterAll(() => office.close());

    test('asks again, without a stream, when one breaks off in the middle', async () => {
      const { desk, openai, gateway } = office;
      openai.perform(inTurn(behave(words(20), cutByReset({ event: 8 })), readsTheNotes(desk, TOOL)));
      const { said } = await askClaudeCode({ desk, url: gateway.url, key: KEYS.agent });
      expect(said).toMatchObject({ is_error: false, result: answerFor(desk) });
      expect(openai.requests.map(({ ending, json }) => [ending, json['stream'] === true])).toEqual([
        ['cut', true],
        ['answered', false],
        ['answered', true],
      ]);
    });

    test('reads a long file, whose tokens it wants counted', async () => {
      const { desk, openai, direct, gateway } = office;
      for (const { path, word } of desk.notes) writeFileSync(path, `The word is ${word}.\n`.repeat(1500));
      openai.perform(readsTheNotes(desk, TOOL));
      await askClaudeCode({ desk, url: direct.url, key: KEYS.agent });
      expect(direct.requests.some(({ path }) => path.startsWith('/v1/messages/count_tokens'))).toBe(true);
      const { said } = await askClaudeCode({ desk, url: gateway.url, key: KEYS.agent });
      expect(said).toMatchObject({ is_error: false, result: answerFor(desk) });
    });

    test('says at once that its key is wrong', async () => {
      const { desk, openai, gateway } = office;
      const before = openai.requests.length;
      const { code, said } = await askClaudeCode({ desk, url: gateway.url, key: 'sk-wrong' });
      expect(code).not.toBe(0);
      expect(said).toMatchObject({ is_error: true, api_error_status: 401, num_turns: 1 });
      expect(openai.requests.length).toBe(before);
    });
  });
});
