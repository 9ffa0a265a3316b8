import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway } from '../gateway-process.ts';
import { type GovernedScene, MASTER, openGovernedScene } from './governed-scene.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { type Answer, type AskOptions, send } from './scene.ts';

const at = (act: string) => `/v1/synthlang/prompts/${act}`;
const ISO = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T.*Z$/) as string;
const SIGNED = { version: '1.0', timestamp: ISO };

let scene: GovernedScene;
let ada: AskOptions;
let bob: AskOptions;
beforeAll(async () => {
  scene = await openGovernedScene({ prompting: { promptsMax: 5, versionsMax: 3, textCharactersMax: 1000 } });
  ada = scene.as((await scene.generate({ user_id: 'ada', role: 'premium' })).key);
  bob = scene.as((await scene.generate({ user_id: 'bob', role: 'premium' })).key);
});
afterAll(() => scene.close());

const post = (act: string, body: object, who: AskOptions): Promise<Answer> => scene.ask(at(act), body, who);
const listed = async (who: AskOptions, query = '') => {
  const { json } = await scene.get(at('list') + query, who);
  const { prompts, count } = json as { prompts: { name: string; owner: string }[]; count: number };
  expect(count).toBe(prompts.length);
  return prompts.map(({ name, owner }) => `${owner} ${name}`);
};

describe('the life of a prompt', () => {
  test('it is saved, listed, loaded, saved again, compared and deleted', async () => {
    const one = { name: 'summary', prompt: 'Sum up the text.', metadata: { tags: ['short'] } };
    const saved = await post('save', one, ada);
    expect(saved).toMatchObject({
      status: 200,
      json: { success: true, name: 'summary', id: expect.any(String) as string, prompt_version: 1, ...SIGNED },
    });
    expect(await listed(ada)).toEqual(['user:ada summary']);
    expect((await post('load', { name: 'summary' }, ada)).json).toMatchObject({
      ...one,
      metadata: { tags: ['short'], user_id: 'user:ada' },
      created_at: ISO,
      updated_at: ISO,
      ...SIGNED,
    });
    const two = await post('save', { name: 'summary', prompt: 'Sum up the text in a line.', metadata: null }, ada);
    expect(two.json).toMatchObject({ prompt_version: 2 });
    expect((await post('load', { name: 'summary' }, ada)).json).toMatchObject({ prompt: 'Sum up the text in a line.' });
    expect((await post('load', { name: 'summary', prompt_version: 1 }, ada)).json).toMatchObject({
      prompt: one.prompt,
    });
    expect(await listed(ada)).toHaveLength(1);

    await post('save', { name: 'other', prompt: 'Sum up the mail.' }, ada);
    const compared = await post('compare', { name1: 'summary', name2: 'other', prompt_version1: 1 }, ada);
    expect(compared.json).toMatchObject({
      prompts: { summary: { prompt: one.prompt, prompt_version: 1 }, other: { prompt: 'Sum up the mail.' } },
      metrics: { similarity_score: 0.8, token_difference: 0, tokens1: 5 },
      differences: {
        words: [
          { change: 'same', text: 'Sum up the ' },
          { change: 'removed', text: 'text' },
          { change: 'added', text: 'mail' },
          { change: 'same', text: '.' },
        ],
      },
      ...SIGNED,
    });
    const versions = { name1: 'summary', name2: 'summary', prompt_version1: 1 };
    expect((await post('compare', versions, ada)).json).toMatchObject({
      prompts: { 'summary v1': {}, 'summary v2': {} },
      metrics: { token_difference: 3 },
    });

    for (const name of ['summary', 'other'])
      expect((await post('delete', { name }, ada)).json).toMatchObject({ success: true, name, ...SIGNED });
    expect(await listed(ada)).toEqual([]);
    expect((await post('load', { name: 'summary' }, ada)).status).toBe(404);
    expect((await post('delete', { name: 'summary' }, ada)).status).toBe(404);
    expect((await post('compare', { name1: 'summary', name2: 'other' }, ada)).status).toBe(404);
  });

  test('an old version goes alone, the newest only with all', async () => {
    for (const prompt of ['one', 'two']) await post('save', { name: 'versions', prompt }, ada);
    expect((await post('delete', { name: 'versions', prompt_version: 2 }, ada)).status).toBe(400);
    expect((await post('delete', { name: 'versions', prompt_version: 1 }, ada)).json).toMatchObject({
      deleted_versions: 1,
    });
    expect((await post('load', { name: 'versions', prompt_version: 1 }, ada)).status).toBe(404);
    expect((await post('save', { name: 'versions', prompt: 'three' }, ada)).json).toMatchObject({ prompt_version: 3 });
    await post('delete', { name: 'versions' }, ada);
  });
});

describe('whose a prompt is', () => {
  test('nobody but its owner and admins can do anything with it', async () => {
    await post('save', { name: 'mine', prompt: 'Secret.' }, ada);
    for (const act of ['load', 'delete']) {
      const refused = await post(act, { name: 'mine' }, bob);
      expect([refused.status, refused.text.includes('Secret')]).toEqual([403, false]);
      expect((await post(act, { name: 'mine', owner: 'user:ada' }, bob)).status).toBe(403);
    }
    expect((await post('compare', { name1: 'mine', name2: 'mine' }, bob)).status).toBe(403);
    expect(await listed(bob)).toEqual([]);
    expect((await scene.get(`${at('list')}?owner=user:ada`, bob)).status).toBe(403);
    await post('save', { name: 'mine', prompt: 'Bob’s own.' }, bob);
    expect((await post('load', { name: 'mine' }, bob)).json).toMatchObject({ prompt: 'Bob’s own.' });
    expect((await post('load', { name: 'mine' }, ada)).json).toMatchObject({ prompt: 'Secret.' });
  });

  test('a person has the same prompts with every key', async () => {
    const again = scene.as((await scene.generate({ user_id: 'ada' })).key);
    expect((await post('load', { name: 'mine' }, again)).json).toMatchObject({ prompt: 'Secret.' });
  });

  test('an admin sees all, says whose where names are the same, and leaves a trace when deleting', async () => {
    const admin = scene.as(MASTER);
    expect(await listed(admin)).toEqual(['user:ada mine', 'user:bob mine']);
    expect(await listed(admin, '?owner=user:bob')).toEqual(['user:bob mine']);
    expect(await listed(admin, '?size=1&page=2')).toEqual(['user:bob mine']);
    expect((await post('load', { name: 'mine' }, admin)).json).toMatchObject({ error: { param: 'owner' } });
    expect((await post('load', { name: 'mine', owner: 'user:bob' }, admin)).json).toMatchObject({ owner: 'user:bob' });
    await post('delete', { name: 'mine', owner: 'user:bob' }, admin);
    expect((await post('load', { name: 'mine' }, admin)).json).toMatchObject({ owner: 'user:ada' });
    const { json } = await scene.get('/admin/audit', admin);
    expect(JSON.stringify(json)).toContain('prompt.delete');
    await post('delete', { name: 'mine' }, ada);
  });

  test('comparing takes the role premium, all else any key', async () => {
    const basic = scene.as((await scene.generate()).key);
    expect((await post('compare', { name1: 'a', name2: 'b' }, basic)).status).toBe(403);
    expect((await post('save', { name: 'a', prompt: 'x' }, basic)).status).toBe(200);
    expect((await post('delete', { name: 'a' }, basic)).status).toBe(200);
  });

  test.each(['save', 'load', 'delete', 'compare', 'list'])('without a good key, %s is 401', async (act) => {
    for (const authorization of [null, 'invalid-key']) {
      const headers = { headers: { authorization } };
      const { status } = await (act === 'list' ? scene.get(at(act), headers) : scene.ask(at(act), {}, headers));
      expect(status).toBe(401);
    }
  });
});

describe('limits', () => {
  test.each([
    ['save', { prompt: 'x' }, 'name'],
    ['save', { name: 'a\nb', prompt: 'x' }, 'name'],
    ['save', { name: 'x'.repeat(257), prompt: 'x' }, 'name'],
    ['save', { name: 'a', prompt: '' }, 'prompt'],
    ['save', { name: 'a', prompt: 'x'.repeat(1001) }, 'prompt'],
    ['save', { name: 'a', prompt: 'x\u0000' }, 'prompt'],
    ['save', { name: 'a', prompt: 'x', metadata: { a: 'x'.repeat(20_000) } }, 'metadata'],
    ['save', { name: 'a', prompt: 'x', metadata: [] }, 'metadata'],
    ['load', { name: 'a', prompt_version: 0 }, 'prompt_version'],
    ['load', { name: 'a', id: 'x' }, 'id'],
    ['compare', { name1: 'a' }, 'name2'],
  ])('%s %j is refused for %s', async (act, body, param) => {
    expect(await post(act, body, ada)).toMatchObject({ status: 400, json: { error: { param } } });
  });

  test('nobody keeps more prompts or versions than the operator allows', async () => {
    const save = (name: string) => post('save', { name, prompt: 'x' }, ada);
    for (let count = 0; count < 3; count += 1) expect((await save('a')).status).toBe(200);
    expect(await save('a')).toMatchObject({ status: 409, json: { error: { code: 'record.full' } } });
    for (const name of ['b', 'c', 'd', 'e']) expect((await save(name)).status).toBe(200);
    expect((await save('f')).status).toBe(409);
  });
});

test('a name is no path, and a prompt outlives a sudden death', async () => {
  const folder = temporaryFolder('prompts');
  const name = '../../../kept';
  const during = async (act: string, body: object, signal: NodeJS.Signals): Promise<Answer> => {
    const gateway = await startGateway({ env: { LITELLM_MASTER_KEY: MASTER }, folder });
    const headers = { authorization: `Bearer ${MASTER}` };
    const answer = await send(gateway.url + at(act), { method: 'POST', body, headers });
    await gateway.stop(signal);
    return answer;
  };
  expect((await during('save', { name, prompt: 'Kept.' }, 'SIGKILL')).status).toBe(200);
  expect((await during('load', { name }, 'SIGTERM')).json).toMatchObject({ name, prompt: 'Kept.' });
});
