import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askCodex, codex } from './codex.ts';
import { titleOf, type Work } from './desk.ts';
import { KEYS, type Office, openOffice } from './office.ts';
import { answerFor, asked, toolResults } from './round-trip.ts';

const TOOL = { name: 'exec_command', argument: 'cmd', asking: (path: string) => `cat ${path}` };
const RUN_MS = 120_000;

describe.skipIf(codex === undefined)(titleOf('Codex', codex), () => {
  describe.each(['openai/gpt-4o-mini', 'anthropic/claude-sonnet-4-5'])('with %s', (target) => {
    let office: Office;
    let done: Work;
    beforeAll(async () => {
      // It offers OpenAI's own search, which no other provider has.
      office = await openOffice({ target, tool: TOOL, dropParams: true });
      const { desk, gateway } = office;
      done = await askCodex({ desk, url: gateway.url, key: KEYS.agent });
    }, RUN_MS);
    afterAll(() => office.close());

    test('says what its tools have read', () => {
      expect({ code: done.code, answer: done.stdout.trim() }).toEqual({ code: 0, answer: answerFor(office.desk) });
    });

    test('hands back what each call has read', () => {
      const request = [...asked(office.openai), ...asked(office.anthropic)].at(-1);
      expect(request && toolResults(request).map(({ text }) => text)).toEqual(
        office.desk.notes.map(({ word }) => expect.stringContaining(word) as string),
      );
    });

    test('has its key kept from the provider', () => {
      for (const { headers } of [...office.openai.requests, ...office.anthropic.requests]) {
        expect(JSON.stringify(headers)).not.toContain(KEYS.agent);
      }
    });
  });
});
