import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { ask, type Question, type Target } from './asking.ts';
import { benchCache } from './cache.ts';
import type { BenchPorts, BenchReport } from './contract.ts';
import { benchLatency } from './latency.ts';
import type { LoadWish } from './load.ts';
import { startLocalProvider } from './local-provider.ts';
import { benchThroughput, stepsTo } from './throughput.ts';

const QUESTION: Question = { text: 'Hello', stream: false, outputTokensMax: 9, timeoutMs: 10_000 };
const clockMs = () => performance.now();

async function provider(name = 'gateway', answerWords = 3): Promise<Target> {
  const { baseUrl, close } = await startLocalProvider({ port: 0, delayMs: 0, answerWords });
  onTestFinished(close);
  return { name, baseUrl, key: 'sk-0', model: 'm' };
}

async function server(listen: RequestListener): Promise<Target> {
  const listening = createServer(listen);
  await new Promise<void>((resolve) => void listening.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    listening.closeAllConnections();
    listening.close();
  });
  const { port } = listening.address() as AddressInfo;
  return { name: 'other', baseUrl: `http://127.0.0.1:${port}/v1`, key: 'sk-0', model: 'm' };
}

function ports(stop = new AbortController()): BenchPorts {
  return { signal: stop.signal, onProgress: () => undefined, clockMs };
}

const wishOf = (...targets: readonly Target[]): LoadWish => ({
  targets,
  requests: 6,
  concurrency: 2,
  prompt: 'Hello',
  outputTokensMax: 9,
  timeoutMs: 10_000,
  warmUp: 2,
});

const column = ({ tables }: BenchReport, name: string) => {
  const at = tables[0]?.columns.findIndex((one) => one.name === name) ?? -1;
  return tables[0]?.rows.map((row) => row[at]);
};

test('the provider says what it was asked to, whole and streamed, with its usage', async () => {
  const target = await provider();
  const signal = new AbortController().signal;
  const whole = await ask(target, QUESTION, { signal, clockMs });
  expect(whole).toMatchObject({ outputTokens: 3, error: undefined, firstWordMs: undefined });
  const streamed = await ask(target, { ...QUESTION, stream: true }, { signal, clockMs });
  expect(streamed).toMatchObject({ outputTokens: 3, error: undefined, firstWordMs: expect.any(Number) as number });
  expect(streamed.firstWordMs).toBeLessThanOrEqual(streamed.totalMs);
  expect((await fetch(`${target.baseUrl}/chat/completions`, { method: 'POST', body: 'no' })).status).toBe(400);
});

test.each<[string, RequestListener, string]>([
  ['refuses', (_, response) => void response.writeHead(429).end('{}'), 'status 429'],
  ['never answers', () => undefined, 'no whole answer within 50 ms'],
  ['goes away', (request) => void request.socket.destroy(), 'UND_ERR_SOCKET'],
  ['stops in the middle of a stream', (_, response) => void response.end('data: {}\n\n'), 'the stream stopped'],
  ['talks without end', (_, response) => void response.end(Buffer.alloc(20_000_000, 32)), 'longer than 16777216 bytes'],
])('somebody who %s is an error of the answer', async (_, listen, said) => {
  const target = await server(listen);
  const question = { ...QUESTION, stream: true, timeoutMs: said.includes(' 50 ms') ? 50 : 10_000 };
  const { error } = await ask(target, question, { signal: new AbortController().signal, clockMs });
  expect(error).toContain(said);
});

test('latency is told beside that of somebody else, whole and streamed', async () => {
  const report = await benchLatency(wishOf(await provider('gateway'), await provider('direct')), ports());
  expect(column(report, 'asked')).toEqual(['gateway', 'direct', 'gateway', 'direct']);
  expect(column(report, 'answers')).toEqual([6, 6, 6, 6]);
  const [ratio = 0, own] = column(report, 'p50 × direct') ?? [];
  expect(Number(ratio)).toBeGreaterThan(0);
  expect(own).toBe(1);
  expect(report).toMatchObject({ isCut: false, problem: undefined });
});

test('throughput goes up in steps to as many at once as were wished, and counts what is said', async () => {
  expect([stepsTo(1), stepsTo(20), stepsTo(64)]).toEqual([[1], [1, 4, 16, 20], [1, 4, 16, 64]]);
  const report = await benchThroughput({ ...wishOf(await provider()), concurrency: 8 }, ports());
  expect(column(report, 'at once')).toEqual([1, 4, 8]);
  expect(column(report, 'answers')).toEqual([6, 6, 8]);
  const [requests, tokens] = [column(report, 'requests/s'), column(report, 'output tokens/s')];
  expect(Number(tokens?.[0]) / Number(requests?.[0])).toBeCloseTo(3);
});

test('a measurement without an answer has a problem, and the reason is told', async () => {
  const target = await server((_, response) => void response.writeHead(503).end());
  const cache = { ...wishOf(target), repeatedShare: 0.5, seed: 1 };
  for (const report of [await benchLatency(wishOf(target), ports()), await benchCache(cache, ports())]) {
    expect(report.problem).toBe('Nothing was answered.');
    expect(report.remarks[0]).toContain('status 503');
  }
});

test('what is asked of a cache comes again as often as was said, the same for the same seed', async () => {
  const heard: string[] = [];
  const target = await server((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const text = Buffer.concat(pieces).toString();
      response.setHeader('x-synthlang-cache', heard.includes(text) ? 'hit' : 'miss').end('{}');
      heard.push(text);
    });
  });
  const wish = { ...wishOf(target), requests: 40, concurrency: 1, warmUp: 0, repeatedShare: 0.5, seed: 3 };
  const report = await benchCache(wish, ports());
  const first = heard.splice(0);
  expect(column(report, 'cache')).toEqual(['hit', 'miss']);
  expect(column(report, 'answers')).toEqual([40 - new Set(first).size, new Set(first).size]);
  await benchCache(wish, ports());
  expect(heard).toEqual(first);
});

test('who is ended together with the bench has not failed', async () => {
  const stop = new AbortController();
  const target = await server((_, response) => {
    response.writeHead(503).end();
    response.once('close', () => stop.abort());
  });
  await expect(ask(target, QUESTION, { signal: stop.signal, clockMs })).rejects.toThrow('aborted');
});

test('when it is ended, nobody is asked any more, and what there is is told', async () => {
  const stop = new AbortController();
  let asked = 0;
  const target = await server((_, response) => {
    asked += 1;
    if (asked === 4) stop.abort();
    else response.end('{"usage":{"completion_tokens":1}}');
  });
  const report = await benchLatency({ ...wishOf(target), requests: 100, concurrency: 1, warmUp: 0 }, ports(stop));
  expect(report).toMatchObject({ isCut: true });
  expect(column(report, 'answers')).toEqual([3]);
  expect(column(report, 'errors')).toEqual([0]);
  expect(asked).toBe(4);
});
