import Anthropic from '@anthropic-ai/sdk';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startGateway } from '../gateway-process.ts';
import { json, loopback } from '../loopback.ts';
import { usage, say } from '../scripted-provider/acts.ts';
import { behave } from '../scripted-provider/behaviour.ts';
import { type Answer, chatOf, chunkText, during, openScene, type Scene, send } from './scene.ts';
import { openaiPackage } from './sdks.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const CHAT = '/v1/chat/completions';
const says = (content: string, fields = {}) => chatOf('gpt-4o', { messages: [{ role: 'user', content }], ...fields });
const textOf = ({ json: body }: Answer) =>
  (body as { choices: { message: { content: string } }[] }).choices[0]?.message.content;

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.close());

describe('by default', () => {
  test('a sentence that a pattern knows reaches the model, byte by byte', async () => {
    const body = `{"messages":[{"role":"user","content":"search for usages of foo"}],  "model":"gpt-4o"}`;
    const { result, requests } = await during(scene.openai, () => scene.ask(CHAT, body));
    expect(result.status).toBe(200);
    expect(requests.map(({ body: sent }) => sent.toString())).toEqual([body]);
    expect(result.headers.get('x-synthlang-tool')).toBeNull();
  });

  test('a directive is answered by its tool, and no model is asked', async () => {
    const { result, requests } = await during(scene.openai, () => scene.ask(CHAT, says('#calculator 15% of 85.50')));
    expect(requests).toEqual([]);
    expect(result.json).toMatchObject({
      object: 'chat.completion',
      model: 'gpt-4o',
      choices: [{ message: { role: 'assistant', content: '12.825' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
    });
    expect(result.headers.get('x-synthlang-tool')).toBe('calculator');
    expect(result.headers.get('x-synthlang-attempts')).toBe('0');
  });

  test('the same streamed, read by OpenAI’s own package', async () => {
    const { OpenAI } = await openaiPackage();
    const client = new OpenAI({ baseURL: `${scene.gateway.url}/v1`, apiKey: scene.gateway.key });
    const stream = await client.chat.completions.create({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: '#calculator 15% of 85.50' }],
      stream: true,
    });
    let text = '';
    let finish: string | null | undefined;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      finish = chunk.choices[0]?.finish_reason ?? finish;
    }
    expect([text, finish]).toEqual(['12.825', 'stop']);
  });

  test('and in Anthropic’s words, by Anthropic’s own package', async () => {
    const client = new Anthropic({ baseURL: scene.gateway.url, apiKey: scene.gateway.key });
    const asked = {
      model: 'claude-3-haiku',
      max_tokens: 100,
      messages: [{ role: 'user' as const, content: '#function calculator(expression="2+2*5")' }],
    };
    const whole = await client.messages.create(asked);
    const streamed = await client.messages.stream(asked).finalMessage();
    for (const { content, stop_reason: reason } of [whole, streamed])
      expect([content, reason]).toEqual([[expect.objectContaining({ type: 'text', text: '12' })], 'end_turn']);
  });

  test('and as a text completion, and on the lenient route', async () => {
    const completion = await scene.ask('/v1/completions', { model: 'gpt-4o', prompt: '#calculator 2+2' });
    expect(completion.json).toMatchObject({ object: 'text_completion', choices: [{ text: '4' }] });
    const raw = await scene.ask('/chat/completions?stream=1', '#calculator 2+2', {
      headers: { 'content-type': 'text/plain' },
    });
    expect(chunkText(raw.events)).toBe('4');
  });

  test.each([
    ['the body', { disable_keyword_detection: true }, {}],
    ['a header', {}, { 'x-disable-keyword-detection': '1' }],
  ])('switched off in %s, a directive reaches the model', async (_, fields, headers) => {
    scene.openai.perform(behave(say('Hello')));
    const { result, requests } = await during(scene.openai, () =>
      scene.ask(CHAT, says('#calculator 1+1', fields), { headers }),
    );
    expect(textOf(result)).toBe('Hello');
    expect(requests[0]?.json).toEqual(says('#calculator 1+1'));
  });

  test('a message may choose its model', async () => {
    scene.anthropic.perform(behave(say('Hello')));
    const { result, requests } = await during(scene.anthropic, () =>
      scene.ask(CHAT, says('/model claude-3-haiku What is a stream?')),
    );
    expect([textOf(result), result.headers.get('x-synthlang-provider')]).toEqual(['Hello', 'anthropic']);
    expect(requests[0]?.json).toMatchObject({
      model: 'claude-3-haiku',
      messages: [{ role: 'user', content: 'What is a stream?' }],
    });
  });

  test('what a tool or a model said is no directive', async () => {
    const messages = [
      { role: 'user', content: 'Look it up' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: '#calculator 1+1' },
    ];
    const { requests } = await during(scene.openai, () => scene.ask(CHAT, chatOf('gpt-4o', { messages })));
    expect(requests).toHaveLength(1);
  });

  test('the record says which tool answered', async () => {
    const { headers } = await scene.ask(CHAT, says('#calculator 7*6'));
    const id = headers.get('x-request-id') ?? 'none';
    const line = await scene.gateway.logged((text) => text.includes(id));
    expect(JSON.parse(line)).toMatchObject({ key: 'master', tool: 'calculator' });
    expect(line).not.toContain('7*6');
  });
});

describe('the tools themselves', () => {
  test('are listed and called', async () => {
    expect((await scene.get('/v1/tools')).json).toMatchObject({ count: 8 });
    const body = { tool: 'calculator', parameters: { expression: '15% of 85.50' } };
    expect((await scene.ask('/v1/tools/call', body)).json).toMatchObject({ result: { value: 12.825 } });
    expect((await scene.ask('/v1/tools/call', { tool: 'nope' })).status).toBe(404);
  });

  test('that need something say what', async () => {
    for (const tool of ['web_search', 'file_search', 'fetch_url', 'summarize']) {
      const parameters = { query: 'x' };
      const { status, json: body } = await scene.ask('/v1/tools/call', { tool, parameters });
      expect([tool, status, body]).toMatchObject([tool, 503, { error: { code: 'tool.unconfigured' } }]);
    }
  });

  test('reach the services that are set, and nothing else inside', async () => {
    const search = await loopback((_, response) =>
      json(response, { query: 'x', results: [{ title: 'Streams', url: 'https://nodejs.org/', content: 'About.' }] }),
    );
    const page = await loopback((_, response) => response.setHeader('content-type', 'text/html').end('<h1>Wiki</h1>'));
    const inside = await loopback((_, response) => response.end('CANARY'));
    const files = temporaryFolder('files');
    writeFileSync(join(files, 'soup.md'), 'Boil water. Add salt.');
    const wide = await openScene({
      config: () => ({
        tools: {
          webSearch: { searxngUrl: search.url },
          pages: { enabled: true, allowedHosts: [page.host] },
          fileSearch: { folder: files },
          summaryModel: 'gpt-4o',
        },
        providers: { openai: {} },
      }),
    });
    onTestFinished(async () => {
      await wide.close();
    });
    const told = async (words: string) => textOf(await wide.ask(CHAT, says(words)));
    expect(await told('#web_search node streams')).toContain('1. Streams\n   https://nodejs.org/');
    expect(search.asked[0]?.query).toMatchObject({ q: 'node streams', format: 'json' });
    expect(await told(`#fetch_url ${page.url}/start`)).toContain('# Wiki');
    expect(await told('#file_search salt')).toContain('soup.md:1\nBoil water');
    for (const address of [inside.url, 'http://169.254.169.254/', 'file:///etc/passwd'])
      expect(await told(`#fetch_url ${address}`)).toContain('could not answer: The address');
    expect(inside.asked).toEqual([]);
    wide.openai.perform(behave(say('In short.'), usage({ input: 5, output: 2 })));
    const { result, requests } = await during(wide.openai, () => wide.ask(CHAT, says(`#summarize ${page.url}/start`)));
    expect(textOf(result)).toBe(`In short.\n\n${page.url}/start`);
    expect(JSON.stringify(requests[0]?.json)).toContain('# Wiki');
  }, 30_000);
});

describe('keyword patterns', () => {
  const patterns = '/v1/keywords/patterns';
  const pattern = { name: 'sum', pattern: 'add up (?P<expression>.+)', tool: 'calculator', description: 'Adds.' };

  test('hold at once, and after a restart', async () => {
    const folder = temporaryFolder('patterns');
    mkdirSync(folder, { recursive: true });
    const env = { LITELLM_MASTER_KEY: 'sk-master-0123456789', ENABLE_KEYWORD_DETECTION: '1' };
    const ask = (url: string, path: string, body: unknown, method = 'POST') =>
      send(url + path, { method, body, headers: { authorization: `Bearer ${env.LITELLM_MASTER_KEY}` } });
    const say = { model: 'synthlang/echo', messages: [{ role: 'user', content: 'Add up 1 + 2' }] };

    const first = await startGateway({ folder, env });
    expect(textOf(await ask(first.url, CHAT, say))).toContain('Add up');
    expect((await ask(first.url, patterns, pattern)).status).toBe(200);
    expect(textOf(await ask(first.url, CHAT, say))).toBe('3');
    await first.stop();
    expect(readFileSync(join(folder, 'data', 'keywords.json'), 'utf8')).toContain('add up');

    const second = await startGateway({ folder, env });
    onTestFinished(async () => void (await second.stop()));
    expect(textOf(await ask(second.url, CHAT, say))).toBe('3');
    expect((await ask(second.url, '/v1/keywords/settings', { enable_detection: false }, 'PUT')).status).toBe(200);
    expect(textOf(await ask(second.url, CHAT, say))).toContain('Add up');
  }, 30_000);

  test('that are no expressions are refused, and none can hang the gateway', async () => {
    expect((await scene.ask(patterns, { ...pattern, pattern: '(' })).status).toBe(400);
    expect((await scene.ask(patterns, { ...pattern, pattern: '(?=x)' })).status).toBe(400);
    const evil = { ...pattern, name: 'evil', pattern: '^(([a-z])+.)+[A-Z]([a-z])+$' };
    expect((await scene.ask(patterns, evil)).status).toBe(200);
    await scene.ask('/v1/keywords/settings', { enable_detection: true }, { method: 'PUT' });
    const startMs = performance.now();
    expect((await scene.ask(CHAT, says('a'.repeat(1999)))).status).toBe(200);
    expect(performance.now() - startMs).toBeLessThan(2000);
    await scene.ask('/v1/keywords/settings', { enable_detection: false }, { method: 'PUT' });
  });

  test('in a file are read again with the configuration; a bad one changes nothing', async () => {
    const folder = temporaryFolder('patterns');
    const write = (expression: string): void =>
      writeFileSync(join(folder, 'k.toml'), `[patterns.sum]\npattern = '${expression}'\ntool = 'calculator'\n`);
    write('add (?P<expression>.+)');
    const config = { keywords: { file: 'k.toml', detection: true } };
    const gateway = await startGateway({ folder, config });
    onTestFinished(async () => void (await gateway.stop()));
    const told = async (content: string) =>
      textOf(
        await send(gateway.url + CHAT, {
          method: 'POST',
          body: { model: 'synthlang/echo', messages: [{ role: 'user', content }] },
          headers: { authorization: `Bearer ${gateway.key}` },
        }),
      );
    expect(await told('add 1+2')).toBe('3');
    write('(?!x)');
    gateway.signal('SIGHUP');
    await gateway.logged((line) => line.includes('was refused') && line.includes('sum'));
    expect(await told('add 1+2')).toBe('3');
    write('sum (?P<expression>.+)');
    gateway.signal('SIGHUP');
    await gateway.logged((line) => line.includes('configuration reloaded'));
    expect([await told('add 1+2'), await told('sum 1+2')]).toEqual([expect.stringContaining('add'), '3']);
  }, 30_000);

  test('a file with a bad one is refused at the start, by its name', async () => {
    const folder = temporaryFolder('patterns');
    writeFileSync(join(folder, 'k.toml'), "[patterns.bad]\npattern = '(?!x)'\ntool = 'calculator'\n");
    await expect(startGateway({ folder, env: { SYNTHLANG_KEYWORDS_CONFIG: 'k.toml' } })).rejects.toThrow(
      'keyword pattern "bad"',
    );
  });
});
