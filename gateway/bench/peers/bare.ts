/**
 * The least a Node proxy can do: `node:http` in front, `undici.dispatch` behind, bytes passed. What a gateway costs
 * above this row is what it does, not what it stands on.
 */
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import type { Dispatcher } from 'undici';

const { values } = parseArgs({ options: { port: { type: 'string' }, upstream: { type: 'string' } } });
const pool = new Pool(values.upstream ?? '', { connections: 512, pipelining: 1 });
const HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'host']);

/** Passes one reply on as it comes. */
function relay(response: ServerResponse): Dispatcher.DispatchHandler {
  return {
    onRequestStart(controller) {
      response.once('close', () => {
        if (!response.writableFinished) controller.abort(new Error('The caller went away.'));
      });
      response.on('drain', () => controller.resume());
    },
    onResponseStart(_controller, status, headers) {
      const length = headers['content-length'];
      const type = { 'content-type': String(headers['content-type']) };
      response.writeHead(status, length === undefined ? type : { ...type, 'content-length': String(length) });
    },
    onResponseData(controller, chunk) {
      if (!response.write(chunk)) controller.pause();
    },
    onResponseEnd() {
      response.end();
    },
    onResponseError() {
      response.destroy();
    },
  };
}

createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !HOP.has(name)));
    const body = parts.length === 1 ? (parts[0] ?? null) : Buffer.concat(parts);
    pool.dispatch({ path: request.url ?? '/', method: 'POST', headers, body }, relay(response));
  });
}).listen(Number(values.port), '127.0.0.1');
