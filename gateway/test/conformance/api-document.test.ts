import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileAt } from '../rules/sources.ts';
import { type GovernedScene, MASTER, openGovernedScene } from './governed-scene.ts';
import { type Answer, chatOf, openScene, PROVIDER_KEYS, send } from './scene.ts';

interface Operation {
  readonly summary: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly object[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
}
type PathItem = Readonly<Record<string, Operation>> & { readonly $ref?: string };
interface ApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, PathItem>>;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head'];
let scene: GovernedScene;
let answer: Answer;
let document: ApiDocument;

beforeAll(async () => {
  scene = await openGovernedScene({
    operations: { passThrough: [{ prefix: '/straight', provider: 'openai' }] },
    records: { bodies: true, encryptionKey: 'a-key-of-thirty-two-characters-!' },
  });
  answer = await send(`${scene.gateway.url}/openapi.json`);
  document = answer.json as ApiDocument;
});
afterAll(() => scene.close());

/** What a path takes, aliases followed. */
function itemAt(path: string): PathItem {
  const item = document.paths[path];
  if (item?.$ref === undefined) return item ?? {};
  return itemAt(decodeURIComponent(item.$ref.replace('#/paths/', '')).replaceAll('~1', '/'));
}

function methodsOf(path: string): string[] {
  return Object.keys(itemAt(path)).filter((method) => METHODS.includes(method));
}

function filled(path: string, method: string): string {
  if (path.startsWith('/openai') && path.endsWith('{path}'))
    return path.replace('{path}', method === 'get' ? 'models' : 'chat/completions');
  return path.replace(/\{\w+\}/g, 'something');
}

test('anybody may read it, and it is valid', async () => {
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/json');
  const checked = await new Validator().validate(structuredClone(answer.json) as Record<string, unknown>);
  expect(checked.errors ?? []).toEqual([]);
  expect(checked.valid).toBe(true);
  expect(document.openapi).toMatch(/^3\.1/);
});

test('it refers to nothing that isn’t there', () => {
  const pointers = [...answer.text.matchAll(/"\$ref":"#([^"]+)"/g)].map(([, pointer = '']) => pointer);
  expect(pointers.length).toBeGreaterThan(100);
  const lost = new Set(pointers.filter((pointer) => at(pointer) === undefined));
  expect([...lost]).toEqual([]);
});

function at(pointer: string): unknown {
  const steps = pointer.split('/').slice(1);
  const names = steps.map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'));
  return names.reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], document);
}

test.each([
  '/v1/chat/completions',
  '/chat/completions',
  '/v1/messages',
  '/v1/responses/{id}',
  '/v1beta/models/{model}:streamGenerateContent',
  '/model/{model}/converse',
  '/openai/deployments/{deployment}/embeddings',
  '/v1/embeddings',
  '/rerank',
  '/v1/audio/transcriptions',
  '/v1/batches/{id}/cancel',
  '/v1/realtime',
  '/v1/models/{model}',
  '/v1/synthlang/evolve',
  '/v1/synthlang/prompts/save',
  '/v1/tools/call',
  '/v1/keywords/patterns/{name}',
  '/v1/cache/clear',
  '/key/generate',
  '/spend/logs',
  '/admin/audit',
  '/admin/bodies',
  '/health/readiness',
  '/metrics',
  '/openapi.json',
  '/straight/{path}',
])('%s is in it', (path) => expect(methodsOf(path)).not.toEqual([]));

test('every route that it names is there, and asks for a key where it says so', async () => {
  const operations = Object.keys(document.paths).flatMap((path) => methodsOf(path).map((method) => ({ path, method })));
  expect(operations.length).toBeGreaterThan(100);
  const wrong: string[] = [];
  for (const { path, method } of operations) {
    if (path.endsWith('/realtime')) continue; // a WebSocket; realtime.test.ts asks it
    const { status } = await fetch(scene.gateway.url + filled(path, method), { method: method.toUpperCase() });
    const expected = itemAt(path)[method]?.security?.length === 0 ? 200 : 401;
    if (status !== expected) wrong.push(`${method} ${path}: ${status}`);
  }
  expect(wrong).toEqual([]);
});

test('every method that a route takes is named', async () => {
  const wrong: string[] = [];
  for (const path of Object.keys(document.paths)) {
    // Whoever asks Google's paths for an operation that nobody knows asks for a path that isn't there.
    if (/^\/v1beta1?\/models\/\{model\}$|^\/openai\/(v1\/)?\{path\}$/.test(path)) continue;
    const { json } = await send(scene.gateway.url + filled(path, 'get'), { method: 'PROPFIND' });
    const { message = '' } = (json as { error?: { message?: string }; message?: string }).error ?? (json as Error);
    const [, taken = ''] = / takes (.*), not PROPFIND/.exec(message) ?? [];
    const [said, named] = [taken.split(', '), methodsOf(path).map((method) => method.toUpperCase())];
    if (said.toSorted().join() !== named.toSorted().join()) wrong.push(`${path}: ${message}`);
  }
  expect(wrong).toEqual([]);
});

test('the fields of a managing request are those that are checked', () => {
  const body = itemAt('/key/generate')['post']?.requestBody?.content['application/json']?.schema;
  expect(body).toMatchObject({
    type: 'object',
    additionalProperties: false,
    properties: { max_budget: { anyOf: [{ type: 'number', minimum: 0 }, { type: 'null' }] }, key: { minLength: 20 } },
  });
  expect(itemAt('/spend/logs')['get']?.parameters).toContainEqual(
    expect.objectContaining({ name: 'start_date', in: 'query' }),
  );
});

test('headers of answers are named, each of them', async () => {
  const named = Object.keys(at('/components/headers') as object);
  const source = ['send-reply', 'exchange'].map((name) => fileAt(`gateway/src/server/${name}.ts`).text).join('\n');
  const sent = [...source.matchAll(/'((?:x-synthlang|x-should|retry)-[a-z-]+)'/g)].map(([, name = '']) => name);
  expect(sent.length).toBeGreaterThan(10);
  expect(sent.filter((name) => !named.includes(name) && name !== 'retry-after-ms')).toEqual([]);
  const { headers } = await scene.ask('/v1/chat/completions', chatOf('synthlang/echo'));
  const said = [...headers.keys()].filter((name) => name.startsWith('x-'));
  expect(said.length).toBeGreaterThan(0);
  expect(said.filter((name) => !named.includes(name))).toEqual([]);
});

test('limits of the configuration stand in it', async () => {
  const limited = await openScene({ config: () => ({ prompting: { labelsMax: 7 } }) });
  const { json } = await limited.get('/openapi.json', { headers: { authorization: null } });
  await limited.close();
  expect(JSON.stringify((json as ApiDocument).paths['/v1/synthlang/classify'])).toContain('"maxItems":7');
});

test('no secret is in it', () => {
  for (const secret of [MASTER, ...Object.values(PROVIDER_KEYS), 'a-key-of-thirty-two-characters-!'])
    expect(answer.text).not.toContain(secret);
});

test('whoever has it already is told so', async () => {
  const tag = answer.headers.get('etag');
  const again = await scene.get('/openapi.json', { headers: { 'if-none-match': tag } });
  expect(again).toMatchObject({ status: 304, text: '' });
  expect((await scene.get('/openapi.json', { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
});

test('`server.docs: false` switches it off', async () => {
  const quiet = await openScene({ config: () => ({ server: { docs: false } }) });
  const { status, json } = await quiet.get('/openapi.json');
  await quiet.close();
  expect(status).toBe(404);
  expect(json).toMatchObject({ error: { message: expect.stringContaining('server.docs') } });
});
