import { afterAll, beforeAll, expect, test } from 'vitest';
import { say, silent, status } from '../scripted-provider/acts.ts';
import { byModel } from '../scripted-provider/script.ts';
import { until } from '../faults/until.ts';
import { openScene, type Scene } from './scene.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await openScene({
    config: ({ openai, anthropic }) => ({
      models: [
        { ...model('chat', 'openai/first', openai), silentModel: 'candidate' },
        { ...model('sturdy', 'openai/first', openai), silentModel: 'broken' },
        { ...model('quick', 'openai/first', openai), silentModel: 'mute' },
        model('candidate', 'anthropic/second', anthropic),
        model('broken', 'openai/breaks', openai),
        model('mute', 'openai/mute', openai),
      ],
      routing: { silentCopiesMax: 1, retriesMax: 0 },
      privacy: { maskBeforeLlm: true },
    }),
  });
  scene.openai.perform(byModel({ first: say('I am heard.'), breaks: status(500), mute: silent() }));
  scene.anthropic.perform(say('I am not.'));
});
afterAll(() => scene.close());

function model(name: string, target: string, apiBase: string) {
  return { name, target, key: 'sk-upstream-0123456789', apiBase };
}

const question = (name: string, more: object = {}) => ({
  model: name,
  messages: [{ role: 'user', content: 'Write to jane.doe@example.com' }],
  ...more,
});

/** The record of a copy, once it is there. */
function recordOfCopy(): Promise<object> {
  return until('the record of the copy', async () => {
    const { json } = await scene.get('/spend/logs');
    const rows = Array.isArray(json) ? (json as object[]) : [];
    return rows.find((row) => JSON.stringify(row).includes('"silent"'));
  });
}

test('the silent model is asked the same, masked as well, and nobody hears it', async () => {
  const answer = await scene.ask('/v1/chat/completions', question('chat', { seed: 7 }));
  expect([answer.status, answer.text.includes('I am heard'), answer.text.includes('I am not')]).toEqual([
    200,
    true,
    false,
  ]);
  expect(answer.headers.get('x-synthlang-attempts')).toBe('1');
  const copy = await scene.anthropic.arrived(1);
  expect(JSON.stringify(copy.json)).toContain('Write to');
  expect(JSON.stringify(copy.json)).not.toContain('jane.doe');
  expect(await copy.ended).toBe('answered');
  expect(JSON.stringify(await recordOfCopy())).toContain('second');
});

test('streams have their copy, and one that fails is its own affair', async () => {
  const answer = await scene.ask('/v1/chat/completions', question('sturdy', { stream: true }));
  expect([answer.status, answer.text.includes('heard'), answer.text.includes('[DONE]')]).toEqual([200, true, true]);
});

test('no more copies are made than may be under way', async () => {
  for (let times = 0; times < 3; times += 1) {
    expect((await scene.ask('/v1/chat/completions', question('quick'))).status).toBe(200);
  }
  const toMute = () => scene.openai.requests.filter((request) => request.model === 'mute').length;
  await until('the copy is there', () => toMute() > 0);
  expect(toMute()).toBe(1);
});
