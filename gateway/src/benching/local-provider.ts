import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** How the provider answers. */
export interface LocalProviderOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** How long it thinks before it says anything. */
  readonly delayMs: number;
  /** How long its answers are. */
  readonly answerWords: number;
}

/** A provider on this machine. */
export interface LocalProvider {
  /** With `/v1` at its end. */
  readonly baseUrl: string;
  readonly close: () => Promise<void>;
}

/** Longer requests are refused. */
const REQUEST_BYTES_MAX = 67_108_864;
const HEADERS_OF_JSON = { 'content-type': 'application/json' };

/**
 * Serves OpenAI's chat API on the loopback interface and answers everybody with the same words. It costs nothing and is
 * always as fast, so what is measured through a gateway before it is the gateway.
 */
export async function startLocalProvider(options: LocalProviderOptions): Promise<LocalProvider> {
  const server = createServer((request, response) => {
    request.on('error', () => response.destroy());
    void answer(request, response, options);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { delayMs, answerWords }: LocalProviderOptions,
): Promise<void> {
  const asked = await bodyOf(request).catch(() => undefined);
  if (!asked) {
    response.writeHead(400, HEADERS_OF_JSON).end('{"error":{"message":"The body must be a chat request in JSON."}}');
    return;
  }
  const { model, stream } = asked;
  const speak = (): void => {
    response.writeHead(200, stream ? { 'content-type': 'text/event-stream' } : HEADERS_OF_JSON);
    response.end(stream ? streamed(model, answerWords) : whole(model, answerWords));
  };
  if (delayMs === 0) speak();
  else response.once('close', clearTimeout.bind(undefined, setTimeout(speak, delayMs)));
}

async function bodyOf(request: IncomingMessage): Promise<{ readonly model: string; readonly stream: boolean }> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > REQUEST_BYTES_MAX) throw new Error('too long');
    pieces.push(piece);
  }
  const { model, stream } = JSON.parse(Buffer.concat(pieces).toString('utf8')) as Readonly<Record<string, unknown>>;
  return { model: String(model), stream: stream === true };
}

/** Each word is a token for most tokenizers, so that the usage is about true. */
const WORD = ' word';

const head = (model: string, object: string) => ({ id: 'chatcmpl-bench', object, created: 1, model });
const usageOf = (words: number) => ({ prompt_tokens: 1, completion_tokens: words, total_tokens: words + 1 });

function whole(model: string, words: number): string {
  const message = { role: 'assistant', content: WORD.repeat(words), refusal: null };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }];
  return JSON.stringify({ ...head(model, 'chat.completion'), choices, usage: usageOf(words) });
}

function streamed(model: string, words: number): string {
  const begin = head(model, 'chat.completion.chunk');
  const event = (more: object): string => `data: ${JSON.stringify({ ...begin, ...more })}\n\n`;
  const said = (delta: object, reason: string | null): string =>
    event({ choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }] });
  return [
    said({ role: 'assistant', content: '' }, null),
    said({ content: WORD }, null).repeat(words),
    said({}, 'stop'),
    event({ choices: [], usage: usageOf(words) }),
    'data: [DONE]\n\n',
  ].join('');
}
