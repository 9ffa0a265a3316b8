import { describe, expect, test } from 'vitest';
import { ask, failureOf, turn } from '../../test/support.ts';
import type { DialectId } from '../model/request.ts';
import type { Caller } from '../model/turn.ts';
import { ownFiles } from './own-files.ts';

const OWN = ['file-mine', 'file_mine'];
const stage = ownFiles((id, keyId) => Promise.resolve(keyId === 'key-1' && OWN.includes(id)));

function turnOf(fields: Readonly<Record<string, unknown>>, dialect?: DialectId, caller?: Partial<Caller>) {
  return turn({ ask: ask(fields, dialect), caller: { keyId: 'key-1', role: 'basic', ...caller } });
}

const chat = (part: object) => ({ messages: [{ role: 'user', content: [{ type: 'text', text: 'Read.' }, part] }] });
const openaiFile = (id: string) => chat({ type: 'file', file: { file_id: id } });
const anthropicFile = (id: string) => ({
  max_tokens: 10,
  ...chat({ type: 'document', source: { type: 'file', file_id: id } }),
});
const responsesFile = (id: string) => ({
  input: [{ role: 'user', content: [{ type: 'input_file', file_id: id }] }],
  tools: [{ type: 'code_interpreter', container: { type: 'auto', file_ids: ['file-mine', id] } }],
});

describe.each([
  ['a chat', openaiFile, 'openai-chat'],
  ['Anthropic’s messages', anthropicFile, 'anthropic-messages'],
  ['a response', responsesFile, 'openai-responses'],
] as const)('%s', (_, fields, dialect) => {
  test('may name the key’s own files', async () => {
    const asked = turnOf(fields('file-mine'), dialect);
    expect(stage.wants?.(asked)).toBe(true);
    expect(await stage.run(asked)).toEqual({});
  });

  test('may name no file of others, nor one that nobody knows', async () => {
    for (const [id, keyId] of [
      ['file-theirs', 'key-1'],
      ['file-mine', 'key-2'],
    ] as const) {
      const error = await failureOf(async () => stage.run(turnOf(fields(id), dialect, { keyId })));
      expect(error).toMatchObject({ code: 'record.unknown', status: 404 });
    }
  });

  test('may name any for an admin', () => {
    expect(stage.wants?.(turnOf(fields('file-theirs'), dialect, { role: 'admin' }))).toBe(false);
  });
});

test('a request without files costs nothing, and a word that looks like one nothing either', async () => {
  expect(stage.wants?.(turnOf({}))).toBe(false);
  const talk = turnOf({ messages: [{ role: 'user', content: 'What is a file_id?' }] });
  expect(await stage.run(talk)).toEqual({});
  const schema = { type: 'object', properties: { file_id: { type: 'string' } } };
  const tools = [{ type: 'function', function: { name: 'read', parameters: schema } }];
  expect(await stage.run(turnOf({ tools }))).toEqual({});
});

test('at Google a file is an address of the account’s; other addresses are anybody’s', async () => {
  const contents = (fileUri: string) => ({
    stream: false,
    contents: [{ role: 'user', parts: [{ fileData: { mimeType: 'application/pdf', fileUri } }] }],
  });
  const google = 'https://generativelanguage.googleapis.com/v1beta/files/abc';
  const error = await failureOf(async () => stage.run(turnOf(contents(google), 'gemini-content')));
  expect(error.code).toBe('record.unknown');
  expect(await stage.run(turnOf(contents('https://example.org/files/a.pdf'), 'gemini-content'))).toEqual({});
});

test('files have a limit', async () => {
  const file_ids = Array.from({ length: 501 }, (_, at) => `file-${at}`);
  const error = await failureOf(async () => stage.run(turnOf({ extra: { file_ids } })));
  expect(error).toMatchObject({ code: 'request.invalid', message: 'A request may name at most 500 files.' });
});
