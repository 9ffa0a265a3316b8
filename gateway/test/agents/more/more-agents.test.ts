import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Work } from '../desk.ts';
import { KEYS, type Office, openOffice, turnsOf } from '../office.ts';
import { answerFor, asked, toolResults } from '../round-trip.ts';
import { cline } from './cline.ts';
import { continueDev } from './continue.ts';
import { geminiCli } from './gemini-cli.ts';
import { opencode } from './opencode.ts';
import { qwenCode } from './qwen-code.ts';

const AGENTS = [geminiCli, qwenCode, opencode, continueDev, cline];
const RUN_MS = 120_000;

describe.each(AGENTS)('$name', ({ entry, tool, targets, dropParams, ask }) => {
  test('is installed', () => expect(entry).toBeDefined());

  describe.each(targets)('with %s', (target) => {
    let office: Office;
    let done: Work;
    beforeAll(async () => {
      office = await openOffice({ target, tool, ...(dropParams && { dropParams }) });
      done = await ask({ desk: office.desk, url: office.gateway.url, key: KEYS.agent });
    }, RUN_MS);
    afterAll(() => office.close());

    const answering = () => ({ openai: office.openai, anthropic: office.anthropic, gemini: office.gemini });

    test('says what its tools have read', () => {
      expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining(answerFor(office.desk)) as string });
    });

    test('hands back what each call has read', () => {
      const results = Object.values(answering()).flatMap(asked).map(toolResults);
      expect(results.find((read) => read.length > 0)?.map(({ text }) => text)).toEqual(
        office.desk.notes.map(({ word }) => expect.stringContaining(word) as string),
      );
    });

    test('is answered by that provider alone, and its key is kept from it', () => {
      const requests = Object.entries(answering()).flatMap(([id, provider]) =>
        provider.requests.map(({ headers }) => ({ id, headers })),
      );
      expect(new Set(requests.map(({ id }) => id))).toEqual(new Set([target.split('/')[0]]));
      expect(JSON.stringify(requests)).not.toContain(KEYS.agent);
    });

    if (target !== targets[0]) return;
    test('makes the gateway drop and warn of nothing', async () => {
      const turns = await turnsOf(office.gateway);
      expect(turns.length).toBeGreaterThan(1);
      expect(turns.map(({ status, end, warnings = [] }) => [status, end, warnings])).toEqual(
        turns.map(() => [200, 'finished', []]),
      );
    });
  });
});
