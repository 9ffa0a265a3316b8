import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGateway } from '../gateway-process.ts';
import { say } from '../scripted-provider/acts.ts';
import { type GovernedScene, openGovernedScene } from './governed-scene.ts';
import { chatOf } from './scene.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const CHAT = '/v1/chat/completions';
const folder = temporaryFolder('bodies');

let scene: GovernedScene;
beforeAll(async () => {
  scene = await openGovernedScene(
    { records: { bodies: true } },
    { folder, env: { ENCRYPTION_KEY: '0f1e2d3c4b5a69788796a5b4c3d2e1f0' } },
  );
  scene.openai.perform(say('CANARY-answer, write to bob@example.org'));
});
afterAll(async () => {
  await scene.close();
});

const question = (stream: boolean) => ({
  ...chatOf('priced', { stream }),
  messages: [{ role: 'user', content: 'CANARY-question from ada@example.org' }],
});

test.each([false, true])('what was said is kept, masked, for admins who look at it (stream: %s)', async (stream) => {
  const { key } = await scene.generate();
  const answer = await scene.ask(CHAT, question(stream), scene.as(key));
  const path = `/admin/bodies?request_id=${answer.headers.get('x-request-id')}`;
  expect((await scene.get(path, scene.as(key))).status).toBe(403);
  const { json, text } = await scene.get(path);
  expect(json).toMatchObject({
    body: {
      request: { messages: [{ content: [{ text: 'CANARY-question from <EMAIL>' }] }] },
      reply: { choices: [{ blocks: [{ text: 'CANARY-answer, write to <EMAIL>' }] }] },
    },
  });
  expect(text).not.toContain('@example.org');
  const { audit } = (await scene.get('/admin/audit?limit=1')).json as { audit: readonly object[] };
  expect(audit[0]).toMatchObject({ actor: 'master', action: 'body.read', target: answer.headers.get('x-request-id') });
});

test('nothing of it can be read in the files', () => {
  const files = readdirSync(join(folder, 'data'), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const bytes = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1')).join('\n');
  expect(bytes).toContain('priced');
  expect(bytes).not.toContain('CANARY');
});

test('what was not kept is not there', async () => {
  expect((await scene.get('/admin/bodies?request_id=nobody')).status).toBe(404);
});

test.each([
  ['short', /shorter than 16/],
  ['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', /different characters/],
  ['changeme-changeme-changeme', /everybody tries/],
  ['', /is needed/],
])('a weak secret (%s) ends the start', async (secret, sentence) => {
  const env = { ENCRYPTION_KEY: secret, SYNTHLANG__RECORDS__BODIES: '1' };
  await expect(startGateway({ env })).rejects.toThrow(sentence);
});

test('without the wish to keep them, bodies are kept nowhere, and nothing is there to ask', async () => {
  const plain = await openGovernedScene();
  expect((await plain.get('/admin/bodies?request_id=x')).status).toBe(404);
  await plain.close();
});
