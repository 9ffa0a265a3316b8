import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listOf } from '../scripted-provider/voice.ts';
import { titleOf, type Work } from './desk.ts';
import { KEYS, type Office, openOffice, turnsOf } from './office.ts';
import { askPi, pi } from './pi.ts';
import { answerFor, asked, toolResults, toolsOf } from './round-trip.ts';

const TOOL = { name: 'read', argument: 'path' };
const RUN_MS = 120_000;

/** The same work without the gateway and then through it, asking that model. */
async function atWork(target: string): Promise<{ readonly office: Office; readonly done: Work }> {
  const office = await openOffice({ target, tool: TOOL });
  const { desk, direct, gateway } = office;
  await askPi({ desk, url: direct.url, key: KEYS.agent });
  return { office, done: await askPi({ desk, url: gateway.url, key: KEYS.agent }) };
}

describe.skipIf(pi === undefined)(titleOf('pi', pi), () => {
  describe('with an OpenAI model', () => {
    let office: Office;
    let done: Work;
    beforeAll(async () => {
      ({ office, done } = await atWork('openai/gpt-4o-mini'));
    }, RUN_MS);
    afterAll(() => office.close());

    test('says what its tools have read', () => {
      expect({ code: done.code, answer: done.stdout.trim() }).toEqual({ code: 0, answer: answerFor(office.desk) });
    });

    test('is passed on byte for byte, as often as without the gateway', () => {
      const bodies = ({ body }: { readonly body: Buffer }) => body.toString();
      expect(asked(office.openai).map(bodies)).toEqual(asked(office.direct).map(bodies));
      expect(asked(office.openai).length).toBe(2);
    });

    test('has its key kept from the provider', () => {
      for (const { headers } of office.openai.requests) {
        expect(headers['authorization']).toBe(`Bearer ${KEYS.openai}`);
        expect(JSON.stringify(headers)).not.toContain(KEYS.agent);
      }
    });

    test('makes the gateway drop and warn of nothing', async () => {
      expect((await turnsOf(office.gateway)).map(({ status, end, warnings = [] }) => [status, end, warnings])).toEqual([
        [200, 'finished', []],
        [200, 'finished', []],
      ]);
    });
  });

  describe('with an Anthropic model', () => {
    let office: Office;
    let done: Work;
    beforeAll(async () => {
      ({ office, done } = await atWork('anthropic/claude-sonnet-4-5'));
    }, RUN_MS);
    afterAll(() => office.close());

    test('says what its tools have read', () => {
      expect({ code: done.code, answer: done.stdout.trim() }).toEqual({ code: 0, answer: answerFor(office.desk) });
    });

    test('asks no more often than without the gateway', () => {
      expect(asked(office.anthropic).length).toBe(asked(office.direct).length);
    });

    test('offers every tool with its whole schema', () => {
      const [direct, translated] = [asked(office.direct)[0], asked(office.anthropic)[0]];
      expect(translated?.path).toBe('/v1/messages');
      expect(translated && toolsOf(translated)).toEqual(direct && toolsOf(direct));
    });

    test('hands back both results in one message behind the calls', () => {
      const request = asked(office.anthropic).at(-1);
      const [, assistant, user] = listOf(request?.json['messages']);
      const calls = listOf(assistant?.['content']).filter(({ type }) => type === 'tool_use');
      expect(calls.map(({ input }) => input)).toEqual(office.desk.notes.map(({ path }) => ({ path })));
      expect(listOf(user?.['content']).map(({ type }) => type)).toEqual(['tool_result', 'tool_result']);
      expect(request && toolResults(request).map(({ callId }) => callId)).toEqual(calls.map(({ id }) => id));
      expect(request && toolResults(request).map(({ text }) => text)).toEqual(
        office.desk.notes.map(({ word }) => expect.stringContaining(word) as string),
      );
    });

    test('has its key kept from the provider', () => {
      for (const { headers } of office.anthropic.requests) {
        expect(headers['x-api-key']).toBe(KEYS.anthropic);
        expect(headers).not.toHaveProperty('authorization');
        expect(JSON.stringify(headers)).not.toContain(KEYS.agent);
      }
    });

    // Pi gives thinking back without the proof that Anthropic wants, so the turn goes on without thinking.
    test('loses only its thinking, and the log says so', async () => {
      expect((await turnsOf(office.gateway)).map(({ warnings = [] }) => warnings)).toEqual([
        [],
        ['reasoning_effort', 'messages[2].content[0]'].map(
          (what) => `dropped ${what}: anthropic has no such parameter`,
        ),
      ]);
    });
  });
});
