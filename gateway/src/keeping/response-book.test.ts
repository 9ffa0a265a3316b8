import { expect, test } from 'vitest';
import { ask, failureOf, said, turn } from '../../test/support.ts';
import { fold } from '../model/fold.ts';
import { ResponseBook } from './response-book.ts';
import { ResponseKeeper } from './response-keeper.ts';

const LIMITS = { entriesMax: 10, bytesMax: 100_000, responseBytesMax: 100_000 };
const OWNER = { keyId: 'key-1', role: 'basic' } as const;
const OTHER = { keyId: 'key-2', role: 'basic' } as const;

function asked(fields: Readonly<Record<string, unknown>>) {
  return ask({ messages: undefined, input: 'First', ...fields }, 'openai-responses');
}

function bookWith(reply = fold(said('Answer')), fitToKeep = (text: string) => text): ResponseBook {
  const keeper = new ResponseKeeper(LIMITS, { nowMs: () => 0 });
  const book = new ResponseBook(1000, { keeper, nowMs: () => 0, fitToKeep });
  const first = asked({});
  book.keep({ turn: turn({ dialect: 'openai-responses', ask: first }), request: first.look(), reply, askedAtMs: 0 });
  return book;
}

test('a request goes on from what was asked and answered, behind its own instructions', async () => {
  const next = asked({ input: 'Second', instructions: 'Be brief.', previous_response_id: 'r-1' }).look();
  const resumed = await bookWith().resumed(next, OWNER);
  expect(
    resumed?.messages.map(({ role, content }) => [role, content.map((part) => 'text' in part && part.text)]),
  ).toEqual([
    ['system', ['Be brief.']],
    ['user', ['First']],
    ['assistant', ['Answer']],
    ['user', ['Second']],
  ]);
  expect(resumed?.extra?.fields).not.toHaveProperty('previous_response_id');
});

test.each(['previous_response_id', 'conversation'])(
  'what nobody here has kept (%s) may be another key’s at the provider, so only an admin goes on from it',
  async (field) => {
    const request = asked({ [field]: 'r-2' }).look();
    const refusal = await failureOf(() => bookWith().resumed(request, OWNER));
    expect([refusal.code, refusal.details.param]).toEqual(['record.unknown', field]);
    expect(await bookWith().resumed(request, { keyId: 'key-3', role: 'admin' })).toBeUndefined();
  },
);

test('what another key was answered is unknown, whatever is done with it', async () => {
  const book = bookWith();
  const next = asked({ previous_response_id: 'r-1' }).look();
  for (const act of [() => book.show('r-1', OTHER), () => book.input('r-1', OTHER), () => book.resumed(next, OTHER)]) {
    expect((await failureOf(act)).code).toBe('record.unknown');
  }
  expect((await failureOf(() => book.remove('r-1', OTHER))).code).toBe('record.unknown');
  expect(await book.show('r-1', OWNER)).toMatchObject({ id: 'r-1', status: 'completed' });
});

test('texts are made fit to be kept, names stay, and arguments stay JSON', async () => {
  const call = { kind: 'tool-call', id: 'call_1', name: 'note', input: '{"said":"secret"}', freeform: false } as const;
  const reply = fold(said('A secret'));
  const [choice] = reply.choices;
  if (!choice) throw new Error('There is one answer.');
  const choices = [{ ...choice, blocks: [...choice.blocks, call] }];
  const book = bookWith({ ...reply, choices }, (text) => text.replaceAll('secret', '<SECRET>'));
  const kept = JSON.stringify(await book.show('r-1', OWNER));
  expect(kept).not.toContain('secret');
  expect(kept).toContain('call_1');
  const { output } = (await book.show('r-1', OWNER)) as { output: { arguments?: string }[] };
  expect(JSON.parse(output.at(-1)?.arguments ?? '')).toEqual({ said: '<SECRET>' });
});
