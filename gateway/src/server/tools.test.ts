import { expect, test } from 'vitest';
import { keyring } from '../access/keyring.ts';
import { KEY, served } from '../../test/served.ts';
import { handTurned } from '../../test/support.ts';
import { calculator } from '../tools/calculator/calculator.ts';
import { currentTime } from '../tools/current-time/current-time.ts';
import type { Tool } from '../tools/contract.ts';
import { ToolBox } from '../tools/tool-box.ts';
import { webSearch } from '../tools/web-search/web-search.ts';

const NOWHERE = { braveUrl: 'http://x.test', tavilyUrl: 'http://x.test', resultsMax: 5 };
const ask = () => Promise.reject(new Error('nobody is to be asked'));

function boxOf(tools: readonly Tool[], roles = {}) {
  const { clocks, deadlines } = handTurned();
  return new ToolBox(tools, { off: [], roles, timeoutMs: 1000 }, { ...clocks, deadlines });
}

test('tools are listed with what they take and who may use them', async () => {
  const { get } = await served({ engine: { toolBox: boxOf([calculator(), webSearch(NOWHERE, ask)]) } });
  const list = await (await get('/v1/tools')).json();
  expect(list).toMatchObject({
    count: 2,
    timestamp: 1,
    tools: [
      {
        name: 'calculator',
        required_role: 'basic',
        available: true,
        parameters: { type: 'object', properties: { expression: { type: 'string' } }, required: ['expression'] },
      },
      { name: 'web_search', available: false, unavailable_because: expect.stringContaining('tools.webSearch') },
    ],
  });
});

test('a tool that the caller may not use is not listed, and not run', async () => {
  const { get, post } = await served({
    engine: { toolBox: boxOf([calculator(), currentTime()], { calculator: 'admin' }) },
  });
  expect(await (await get('/v1/tools')).json()).toMatchObject({ count: 1, tools: [{ name: 'current_time' }] });
  const refused = await post('/v1/tools/call', { tool: 'calculator', parameters: { expression: '1+1' } });
  expect([refused.status, await refused.json()]).toMatchObject([403, { error: { code: 'key.forbidden' } }]);
});

test('a tool is run, and says what it was asked and how long it took', async () => {
  const { post, toolUses } = await served();
  const answer = await post('/v1/tools/call', { tool: 'calculator', parameters: { expression: '2+2*5' } });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({
    tool: 'calculator',
    parameters: { expression: '2+2*5' },
    result: { value: 12, steps: ['2 * 5 = 10', '2 + 10 = 12'] },
    text: '12',
    execution_time: 0,
    timestamp: 1,
  });
  await post('/v1/tools/call', { tool: 'calculator', parameters: { expression: '1/0' } });
  expect(toolUses).toMatchObject([
    { keyId: 'key-1', tool: 'calculator', code: undefined },
    { keyId: 'key-1', tool: 'calculator', code: 'tool.rejected' },
  ]);
});

test.each([
  [{ tool: 'nope' }, 404, 'tool.unknown', 'tool'],
  [{}, 400, 'request.invalid', 'tool'],
  [{ tool: 'calculator' }, 400, 'request.invalid', 'parameters.expression'],
  [{ tool: 'calculator', parameters: 'x' }, 400, 'request.invalid', 'parameters'],
  [{ tool: 'calculator', parameters: { expression: 5 } }, 400, 'request.invalid', 'parameters.expression'],
  [{ tool: 'calculator', expression: '1' }, 400, 'request.invalid', 'expression'],
  [{ tool: 'calculator', parameters: { expression: '1/0' } }, 400, 'tool.rejected', 'parameters.expression'],
  ['{', 400, 'request.invalid', null],
])('%o is refused with %i', async (body, status, code, param) => {
  const { post } = await served();
  const answer = await post('/v1/tools/call', body);
  expect([answer.status, await answer.json()]).toMatchObject([status, { error: { code, param } }]);
});

test('without a key there are no tools', async () => {
  const { get, post } = await served();
  const headers = { authorization: '' };
  expect((await get('/v1/tools', { headers })).status).toBe(401);
  expect((await post('/v1/tools/call', { tool: 'calculator' }, { headers })).status).toBe(401);
});

test('a caller that goes away cancels the tool', async () => {
  let begun: () => void = () => undefined;
  const started = new Promise<void>((resolve) => (begun = resolve));
  let told: (code: string) => void = () => undefined;
  const cancelled = new Promise<string>((resolve) => (told = resolve));
  const stuck: Tool = {
    ...calculator(),
    run: (_, { cancellation }) => {
      cancellation.on(({ code }) => told(code));
      begun();
      return new Promise(() => undefined);
    },
  };
  const { post, inFlight } = await served({ engine: { toolBox: boxOf([stuck]) } });
  const gone = new AbortController();
  const asking = post('/v1/tools/call', { tool: 'calculator' }, { signal: gone.signal });
  await started;
  expect(inFlight.size).toBe(1);
  gone.abort();
  await expect(asking).rejects.toThrow('abort');
  expect(await cancelled).toBe('request.cancelled');
});

test('a key with a list of tools sees those', async () => {
  const caller = { keyId: 'k', role: 'admin', tools: ['current_time'] } as const;
  const { get } = await served({ engine: { keyring: keyring([{ key: KEY, caller }]) } });
  expect(await (await get('/v1/tools')).json()).toMatchObject({ count: 1, tools: [{ name: 'current_time' }] });
});
