import { expect, test } from 'vitest';
import { bodyOf, handTurned, settled } from '../../test/support.ts';
import type { Transport } from '../model/upstream.ts';
import { providers } from '../providers/index.ts';
import { LOCAL_ANSWER_MS, LOCAL_LIST_BYTES_MAX } from './local-servers.ts';
import { Surroundings } from './surroundings.ts';

const WHERE = { providers: {}, environment: () => undefined, own: new URL('http://127.0.0.1:4000') };
const OLLAMA = 'http://127.0.0.1:11434';
const TAGS = JSON.stringify({ models: [{ name: 'm' }] });

/** Surroundings where only Ollama’s usual port answers, with this. */
function around(answer: Transport) {
  const clock = handTurned();
  const asked: string[] = [];
  const transport: Transport = (request, options) => {
    asked.push(`${request.method} ${request.origin}${request.path}`);
    return request.origin === OLLAMA ? answer(request, options) : Promise.reject(new Error('ECONNREFUSED'));
  };
  return { ...clock, asked, surroundings: new Surroundings(providers, { transport, deadlines: clock.deadlines }) };
}

const answering =
  (text: string, status = 200): Transport =>
  () =>
    Promise.resolve({ status, headers: {}, body: bodyOf([text]) });

test('what answers is found, and is known from then on', async () => {
  const { surroundings, asked, waiting } = around(answering(TAGS));
  expect(surroundings.found()).toEqual([]);
  const found = await surroundings.look(WHERE);
  expect(found).toEqual([{ name: 'Ollama', provider: 'ollama', baseUrl: OLLAMA, models: ['m'] }]);
  expect(surroundings.found()).toBe(found);
  expect(asked).toContain(`GET ${OLLAMA}/api/tags`);
  expect(waiting.size).toBe(0);
});

test.each([
  ['that refuses', answering(TAGS, 401)],
  ['that says no JSON', answering('Hello')],
  ['that says more than a list has', answering(`${TAGS}${' '.repeat(LOCAL_LIST_BYTES_MAX)}x`)],
])('a server %s is not there', async (_, answer) => {
  expect(await around(answer).surroundings.look(WHERE)).toEqual([]);
});

test('a server that doesn’t answer in time is given up', async () => {
  let reason: string | undefined;
  const { surroundings, pass } = around(
    (_, { cancellation }) =>
      new Promise((__, reject) => {
        cancellation.on((why) => {
          reason = why.code;
          reject(why);
        });
      }),
  );
  const looking = surroundings.look(WHERE);
  await settled();
  pass(LOCAL_ANSWER_MS - 1);
  expect(reason).toBeUndefined();
  pass(1);
  expect(await looking).toEqual([]);
  expect(reason).toBe('upstream.timeout');
});
