import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { say } from '../scripted-provider/acts.ts';
import type { ScriptedRequest } from '../scripted-provider/scripted-request.ts';
import { type Answer, chatOf, chunkText, during, openScene, type Scene } from './scene.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
  scene.openai.perform(say('Hello you'));
});
afterAll(() => scene.close());

const LENIENT = '/chat/completions';
const STRICT = '/v1/chat/completions';

/** Sends a body to the lenient route, and gives the answer and what reached the provider. */
async function lenient(
  body: unknown,
  { query = '', type = 'text/plain' as string | null } = {},
): Promise<{ readonly answer: Answer; readonly seen: ScriptedRequest | undefined }> {
  const { result, requests } = await during(scene.openai, () =>
    scene.ask(LENIENT + query, body, { headers: { 'content-type': type } }),
  );
  return { answer: result, seen: requests[0] };
}

describe('a raw text on the lenient route', () => {
  test.each([
    ['text/plain', 'text/plain'],
    ['text/plain with a charset', 'text/plain; charset=utf-8'],
    ['no content type', null],
    ['Markdown', 'text/markdown'],
    ['a form', 'application/x-www-form-urlencoded'],
    ['bytes', 'application/octet-stream'],
  ])('is one message of the user, sent as %s', async (_, type) => {
    const { answer, seen } = await lenient('What is "this"?\nTell me.', { type });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ object: 'chat.completion', choices: [{ message: { content: 'Hello you' } }] });
    expect(seen?.json['messages']).toEqual([{ role: 'user', content: 'What is "this"?\nTell me.' }]);
  });

  test('asks gpt-4o-mini at temperature 1, in one piece, without a limit, when the query says nothing', async () => {
    const { answer, seen } = await lenient('Hello');
    expect(seen?.json).toMatchObject({ model: 'gpt-4o-mini', temperature: 1, stream: false });
    expect(seen?.json).not.toHaveProperty('max_tokens');
    expect(answer.json).toMatchObject({ model: 'gpt-4o-mini' });
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('x-synthlang-warning')).toBeNull();
  });

  test('asks the model that the query names', async () => {
    const { answer, seen } = await lenient('Hello', { query: '?model=gpt-4' });
    expect(seen?.model).toBe('gpt-4-turbo');
    expect(answer.json).toMatchObject({ model: 'gpt-4' });
  });

  test.each([
    ['0', 0],
    ['0.3', 0.3],
    ['2', 2],
    ['2.1', 1],
    ['-1', 1],
    ['warm', 1],
    ['', 1],
    ['NaN', 1],
  ])('takes temperature=%s for %d', async (written, meant) => {
    const { seen } = await lenient('Hello', { query: `?temperature=${written}` });
    expect(seen?.json['temperature']).toBe(meant);
  });

  test.each(['true', '1', 'yes', 'TRUE', 'Yes'])('streams when the query says stream=%s', async (word) => {
    const { answer, seen } = await lenient('Hello', { query: `?stream=${word}` });
    expect(seen?.json['stream']).toBe(true);
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(chunkText(answer.events)).toBe('Hello you');
    expect(answer.events.at(-1)).toBe('[DONE]');
  });

  test.each(['false', '0', 'no', 'perhaps', ''])('does not stream when it says stream=%s', async (word) => {
    const { answer } = await lenient('Hello', { query: `?stream=${word}` });
    expect(answer.json).toMatchObject({ object: 'chat.completion' });
  });

  test('passes a limit of tokens on', async () => {
    const { seen } = await lenient('Hello', { query: '?max_tokens=50' });
    expect(seen?.json['max_tokens']).toBe(50);
  });

  test.each(['many', '', '1.5', '-3', '0'])('has no limit of tokens for max_tokens=%s', async (word) => {
    const { answer, seen } = await lenient('Hello', { query: `?max_tokens=${word}` });
    expect(answer.status).toBe(200);
    expect(seen?.json).not.toHaveProperty('max_tokens');
  });

  test('reaches Anthropic’s models as well', async () => {
    scene.anthropic.perform(say('Bonjour'));
    const answer = await scene.ask(`${LENIENT}?model=claude-3-haiku`, 'Hello', {
      headers: { 'content-type': 'text/plain' },
    });
    expect(answer.json).toMatchObject({ model: 'claude-3-haiku', choices: [{ message: { content: 'Bonjour' } }] });
  });
});

describe('malformed JSON that says it is JSON', () => {
  const MALFORMED = '{"model": "gpt-4o", "messages": [}';

  test('is taken as text on the lenient route, and a header says so', async () => {
    const { answer, seen } = await lenient(MALFORMED, { type: 'application/json' });
    expect(answer.status).toBe(200);
    expect(seen?.json['messages']).toEqual([{ role: 'user', content: MALFORMED }]);
    expect(seen?.model).toBe('gpt-4o-mini');
    expect(answer.headers.get('x-synthlang-warning')).toMatch(/malformed JSON/);
  });

  test('is refused on the versioned route', async () => {
    const { result, requests } = await during(scene.openai, () => scene.ask(STRICT, MALFORMED));
    expect(result.status).toBe(400);
    expect(result.json).toMatchObject({ error: { type: 'invalid_request_error', code: 'request.invalid' } });
    expect(requests).toEqual([]);
  });

  test('is not quoted in the refusal', async () => {
    const { text } = await scene.ask(STRICT, '{"password": "CANARY-in-broken-json", ');
    expect(text).not.toContain('CANARY');
  });
});

test('JSON sent as text is text, and a header says so', async () => {
  const body = JSON.stringify(chatOf('gpt-4o'));
  const { answer, seen } = await lenient(body, { type: 'text/plain' });
  expect(seen?.json['messages']).toEqual([{ role: 'user', content: body }]);
  expect(answer.headers.get('x-synthlang-warning')).toMatch(/taken as text/);
});

describe.each([LENIENT, STRICT])('on %s', (path) => {
  test('a JSON request is answered', async () => {
    const answer = await scene.ask(path, chatOf('gpt-4o', { temperature: 0.8 }));
    expect(answer.json).toMatchObject({ model: 'gpt-4o', choices: [{ message: { content: 'Hello you' } }] });
    expect(scene.openai.requests.at(-1)?.json).toMatchObject({ model: 'gpt-4o', temperature: 0.8 });
  });

  test.each([
    ['no messages', { model: 'gpt-4o' }, 'messages'],
    ['no model', { messages: [{ role: 'user', content: 'Hello' }] }, 'model'],
    ['a temperature of 3', chatOf('gpt-4o', { temperature: 3 }), 'temperature'],
    ['an unknown role', { model: 'gpt-4o', messages: [{ role: 'wizard', content: 'x' }] }, 'messages[0].role'],
  ])('well-formed JSON with %s is refused, naming the field', async (_, body, param) => {
    const { result, requests } = await during(scene.openai, () => scene.ask(path, body));
    expect(result.status).toBe(400);
    expect(result.json).toMatchObject({ error: { type: 'invalid_request_error', param } });
    expect((result.json as { error: { message: string } }).error.message).toContain(param);
    expect(requests).toEqual([]);
  });

  test.each(['[1, 2]', '"a text"', '42', 'null'])('JSON that is no object is refused: %s', async (body) => {
    expect(await scene.ask(path, body)).toMatchObject({ status: 400, json: { error: { code: 'request.invalid' } } });
  });

  test('a message whose content is an object is sent as its JSON text', async () => {
    const content = { question: 'Why?', depth: { levels: [1, 2.5, null], deep: true } };
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content },
    ];
    const answer = await scene.ask(path, { model: 'gpt-4o', messages });
    expect(answer.status).toBe(200);
    expect(scene.openai.requests.at(-1)?.json['messages']).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: JSON.stringify(content) },
    ]);
  });

  test('an empty body is refused', async () => {
    for (const type of ['application/json', 'text/plain', null]) {
      const answer = await scene.ask(path, '', { headers: { 'content-type': type } });
      expect(answer).toMatchObject({ status: 400, json: { error: { type: 'invalid_request_error' } } });
    }
  });

  test('bytes that are no UTF-8 are refused', async () => {
    const bytes = Buffer.concat([
      Buffer.from('{"model":"gpt-4o","messages":[{"role":"user","content":"'),
      Buffer.from([0xc3, 0x28, 0xff]),
      Buffer.from('"}]}'),
    ]);
    for (const type of ['application/json', 'text/plain']) {
      const { result, requests } = await during(scene.openai, () =>
        scene.ask(path, bytes, { headers: { 'content-type': type } }),
      );
      expect(result).toMatchObject({ status: 400, json: { error: { code: 'request.invalid' } } });
      expect(requests).toEqual([]);
    }
  });
});

test('the lenient route, too, asks for a key first', async () => {
  const { result, requests } = await during(scene.openai, () =>
    scene.ask(LENIENT, 'Hello', { headers: { authorization: null, 'content-type': 'text/plain' } }),
  );
  expect(result).toMatchObject({ status: 401, json: { error: { code: 'invalid_api_key' } } });
  expect(requests).toEqual([]);
});
