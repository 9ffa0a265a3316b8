import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHAT, KEYS, openOriginalScene, type OriginalScene, saying, textIn } from './original-scene.ts';
import { chunkText, during } from './scene.ts';

let scene: OriginalScene;
beforeAll(async () => {
  scene = await openOriginalScene();
});
afterAll(() => scene.close());

/** Asks, and makes sure that no model was. */
async function byTool(body: unknown) {
  const { result, requests } = await during(scene.openai, () => scene.post(CHAT, body));
  expect(requests).toEqual([]);
  return result;
}

describe('17–18: messages that ask for a tool', () => {
  test('17: “What is the weather in New York?” is answered by the weather tool, like any other answer', async () => {
    const answer = await byTool(saying('What is the weather in New York?'));
    expect(answer.headers.get('x-synthlang-tool')).toBe('weather');
    expect(textIn(answer)).toMatch(/^New York.*23\.4 °C/);
    expect(answer.json).toMatchObject({ choices: [{ finish_reason: 'stop' }] });
  });

  test('17: the same as the last of four messages, streamed', async () => {
    const messages = [
      { role: 'system', content: 'You are a helpful assistant.' },
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Hello! How can I help?' },
      { role: 'user', content: 'What is the weather in New York?' },
    ];
    const answer = await byTool({ model: 'gpt-4o-mini', messages, stream: true });
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(chunkText(answer.events)).toMatch(/^New York/);
    expect(answer.events.at(-1)).toBe('[DONE]');
  });

  test.each([
    ['Calculate 15% of 85.50', '12.825'],
    ['#calculator Calculate 15% of 85.50 + 25', '37.825'],
    ['#tool_calculator 2+2*5', '12'],
  ])('18: “%s” is %s', async (words, expected) => {
    expect(textIn(await byTool(saying(words)))).toBe(expected);
  });

  test('18: “#weather What is the weather in San Francisco?” asks the weather tool for that city', async () => {
    const answer = await byTool(saying('#weather What is the weather in San Francisco?'));
    expect(answer.headers.get('x-synthlang-tool')).toBe('weather');
    expect(textIn(answer)).toMatch(/^San Francisco/);
  });
});

describe('25: tools over HTTP', () => {
  const call = (tool: string, parameters: object, key: string = KEYS.basic) =>
    scene.post('/v1/tools/call', { tool, parameters }, { key });

  test('they are listed with what they take and who may use them', async () => {
    const { json } = await scene.look('/v1/tools');
    const { tools, count } = json as { tools: readonly { name: string }[]; count: number };
    expect(count).toBe(tools.length);
    expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(['weather', 'calculator', 'web_search']));
    for (const tool of tools)
      expect(tool).toMatchObject({
        description: expect.any(String) as string,
        parameters: { type: 'object' },
        required_role: 'basic',
      });
  });

  test('the calculator gives the value and its steps', async () => {
    expect((await call('calculator', { expression: '2+2*5' })).json).toMatchObject({
      tool: 'calculator',
      parameters: { expression: '2+2*5' },
      result: { value: 12, steps: expect.arrayContaining(['2 * 5 = 10']) as string[] },
      execution_time: expect.any(Number) as number,
      timestamp: expect.any(Number) as number,
    });
  });

  test('the weather tool gives what the scripts read', async () => {
    expect((await call('weather', { location: 'New York' })).json).toMatchObject({
      result: { temperature: 23.4, conditions: expect.any(String) as string, humidity: 62, wind_speed: 12.5 },
    });
  });

  test('an unknown tool is a 404, and one that the role isn’t enough for a 403', async () => {
    expect((await call('nobodys', {})).status).toBe(404);
    const strict = await openOriginalScene({ tools: { roles: { calculator: 'premium' } } });
    const asked = (key: string) =>
      strict.post('/v1/tools/call', { tool: 'calculator', parameters: { expression: '1+1' } }, { key });
    expect([(await asked(KEYS.basic)).status, (await asked(KEYS.premium)).status]).toEqual([403, 200]);
    await strict.close();
  });
});

describe('26: keyword patterns over HTTP', () => {
  const PATTERNS = '/v1/keywords/patterns';
  const SETTINGS = '/v1/keywords/settings';
  const admin = { key: KEYS.admin };
  const pattern = {
    name: 'sum_up',
    pattern: 'sum up (?P<expression>[-+0-9 ]+)',
    tool: 'calculator',
    description: 'Sums.',
    priority: 85,
  };
  const listed = async () =>
    ((await scene.look(PATTERNS, admin)).json as { patterns: readonly { name: string }[] }).patterns;
  const put = (path: string, body: object) => scene.post(path, body, { ...admin, method: 'PUT' });

  test('they are added, work at once, are changed and taken away', async () => {
    expect((await scene.look(PATTERNS, admin)).json).toMatchObject({
      count: (await listed()).length,
      settings: { enable_detection: true, detection_threshold: expect.any(Number) as number },
    });
    expect((await scene.post(PATTERNS, pattern, admin)).json).toMatchObject({
      success: true,
      name: 'sum_up',
      pattern,
      timestamp: expect.any(Number) as number,
    });
    expect(await listed()).toContainEqual(expect.objectContaining(pattern));
    expect(textIn(await byTool(saying('sum up 1 + 2')))).toBe('3');
    const changes = { description: 'Sums numbers.', priority: 90, enabled: false };
    expect((await put(`${PATTERNS}/sum_up`, changes)).json).toMatchObject({
      updated_fields: ['description', 'priority', 'enabled'],
      pattern: changes,
    });
    expect(textIn(await scene.post(CHAT, saying('sum up 1 + 2')))).toBe('Hello you');
    const gone = await scene.post(`${PATTERNS}/sum_up`, undefined, { ...admin, method: 'DELETE' });
    expect(gone.json).toMatchObject({ success: true, name: 'sum_up' });
    expect(await listed()).not.toContainEqual(expect.objectContaining({ name: 'sum_up' }));
  });

  test('settings hold at once', async () => {
    const before = (await scene.look(SETTINGS, admin)).json as { settings: object };
    await put(SETTINGS, { enable_detection: false, detection_threshold: 0.4 });
    expect((await scene.look(SETTINGS, admin)).json).toMatchObject({
      settings: { enable_detection: false, detection_threshold: 0.4 },
    });
    const question = saying('What is the weather in New York?');
    expect(textIn(await scene.post(CHAT, question))).toBe('Hello you');
    expect((await put(SETTINGS, { detection_threshold: 0.8 })).json).toMatchObject({
      settings: { detection_threshold: 0.8 },
    });
    await put(SETTINGS, before.settings);
    expect(textIn(await byTool(question))).toMatch(/^New York/);
  });

  test('other roles, priorities above 100, expressions that are none and unknown names are refused', async () => {
    expect((await scene.look(PATTERNS)).status).toBe(403);
    expect((await scene.look(SETTINGS, { key: KEYS.premium })).status).toBe(403);
    expect((await scene.post(PATTERNS, { ...pattern, priority: 101 }, admin)).status).toBe(400);
    expect((await scene.post(PATTERNS, { ...pattern, pattern: '(' }, admin)).status).toBe(400);
    expect((await put(`${PATTERNS}/nobodys`, { priority: 1 })).status).toBe(404);
    expect((await scene.post(`${PATTERNS}/nobodys`, undefined, { ...admin, method: 'DELETE' })).status).toBe(404);
  });
});

describe('27: how messages are looked at', () => {
  test('a pattern for admins is passed over for others', async () => {
    const pattern = {
      name: 'reckon',
      pattern: 'reckon (?P<expression>[-+0-9 ]+)',
      tool: 'calculator',
      description: 'For admins.',
      required_role: 'admin',
    };
    await scene.post('/v1/keywords/patterns', pattern, { key: KEYS.admin });
    const asked = (key: string) => scene.post(CHAT, saying('reckon 1 + 2'), { key });
    expect([textIn(await asked(KEYS.basic)), textIn(await asked(KEYS.admin))]).toEqual(['Hello you', '3']);
  });

  test('when a tool’s service fails, the answer says so', async () => {
    scene.breakWeather(true);
    const answer = await byTool(saying('What is the weather in New York?'));
    scene.breakWeather(false);
    expect(textIn(answer)).toMatch(/^The tool "weather" could not answer: .*Open-Meteo/);
  });

  test('what no pattern finds goes to the model', async () => {
    const { result, requests } = await during(scene.openai, () => scene.post(CHAT, saying('Tell me a joke.')));
    expect([textIn(result), requests.length]).toEqual(['Hello you', 1]);
  });
});
