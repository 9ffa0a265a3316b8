import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { anthropicVoice } from './anthropic-voice.ts';
import type { Behaviour } from './behaviour.ts';
import { FAST_REPLIES } from './fast-replies.ts';
import { bedrockVoice } from './bedrock-voice.ts';
import { cohereVoice } from './cohere-voice.ts';
import { geminiVoice } from './gemini-voice.ts';
import { namedScript } from './named-acts.ts';
import { ollamaVoice } from './ollama-voice.ts';
import { openaiChatVoice } from './openai-chat-voice.ts';
import { openaiResponsesVoice } from './openai-responses-voice.ts';
import { openaiTextVoice } from './openai-text-voice.ts';
import { play } from './play.ts';
import { compose } from './reply.ts';
import type { Reply } from './reply.ts';
import { RequestReader } from './request-reader.ts';
import type { ArrivedRequest } from './request-reader.ts';
import { scriptOf } from './script.ts';
import type { Script } from './script.ts';
import { ScriptedRequest } from './scripted-request.ts';
import type { Asked, Voice } from './voice.ts';

interface Options {
  /** How to answer. By default names decide: the path's `/s/NAME/`, the header `x-script`, or the model. */
  readonly script?: Behaviour | Script;
  /** 0 takes a free port. */
  readonly port?: number;
  /** How many of the latest requests are kept; 10,000 by default. */
  readonly keep?: number;
}

/** A provider that does what it is told, for tests and the bench. Loopback only. */
export interface ScriptedProvider {
  /** Without a path: `http://127.0.0.1:4010`. */
  readonly url: string;
  readonly port: number;
  /** The requests that came whole, in order. Fast replies are not kept. */
  readonly requests: readonly ScriptedRequest[];
  /** How many sockets are open now. */
  readonly connections: number;
  /** How many connections were ever accepted. */
  readonly accepted: number;
  /** Comes true when the n-th request (from 1) has arrived. */
  readonly arrived: (count: number) => Promise<ScriptedRequest>;
  /** Changes the script for the requests to come. */
  readonly perform: (script: Behaviour | Script) => void;
  readonly close: () => Promise<void>;
}

const VOICES: readonly (readonly [RegExp, Voice])[] = [
  [/\/chat\/completions$/, openaiChatVoice],
  [/\/completions$/, openaiTextVoice],
  [/\/messages$/, anthropicVoice],
  [/\/responses$/, openaiResponsesVoice],
  [/:(generateContent|streamGenerateContent)$/, geminiVoice],
  [/\/model\/[^/]+\/converse(-stream)?$/, bedrockVoice],
  [/\/v2\/chat$/, cohereVoice],
  [/\/api\/chat$/, ollamaVoice],
];

/** Who says that nothing is there. */
const NEAR: typeof VOICES = [
  [/\/messages/, anthropicVoice],
  [/:/, geminiVoice],
];

/** Starts a provider on loopback. */
export async function startScriptedProvider(options: Options = {}): Promise<ScriptedProvider> {
  const stage = new Stage(scriptOf(options.script ?? namedScript()), options.keep ?? 10_000);
  const server = createServer({ noDelay: true }, (socket) => new Connection(socket, stage));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', 4096, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests: stage.requests,
    get connections() {
      return stage.sockets.size;
    },
    get accepted() {
      return stage.accepted;
    },
    arrived: (count) => stage.arrived(count),
    perform: (script) => {
      stage.script = scriptOf(script);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        stage.closing = true;
        for (const socket of stage.sockets) socket.destroy();
      }),
  };
}

/** What all connections share. */
class Stage {
  script: Script;
  closing = false;
  accepted = 0;
  readonly requests: ScriptedRequest[] = [];
  readonly sockets = new Set<Socket>();
  #number = 0;
  readonly #keep: number;
  readonly #waiting = new Map<number, ((request: ScriptedRequest) => void)[]>();

  constructor(script: Script, keep: number) {
    this.script = script;
    this.#keep = keep;
  }

  keep(arrived: ArrivedRequest): ScriptedRequest {
    this.#number += 1;
    const request = new ScriptedRequest(arrived, this.#number);
    this.requests.push(request);
    if (this.requests.length > this.#keep) this.requests.shift();
    for (const resolve of this.#waiting.get(request.number) ?? []) resolve(request);
    this.#waiting.delete(request.number);
    return request;
  }

  arrived(count: number): Promise<ScriptedRequest> {
    const already = this.requests.find(({ number }) => number === count);
    if (already !== undefined) return Promise.resolve(already);
    return new Promise((resolve) => this.#waiting.set(count, [...(this.#waiting.get(count) ?? []), resolve]));
  }

  /** A script that throws must not take the test's process along. */
  #behaviour(request: ScriptedRequest, asked: Asked): Behaviour {
    try {
      return this.script(request, asked);
    } catch (error) {
      return { status: 500, errorMessage: `The script failed: ${String(error)}` };
    }
  }

  replyTo(request: ScriptedRequest): Reply {
    const path = request.path.split('?')[0] ?? '';
    const voice = VOICES.find(([pattern]) => pattern.test(path))?.[1];
    const asked = (voice ?? openaiChatVoice).asked(request.json, path);
    const occasion = { ...asked, number: request.number, bytes: request.body.length };
    if (voice !== undefined) return compose(this.#behaviour(request, asked), voice, occasion);
    const plain = { ...occasion, stream: false };
    if (path.endsWith('/models')) return compose({ body: MODELS }, openaiChatVoice, plain);
    const count = COUNTS.find(([end]) => path.endsWith(end))?.[1];
    if (count !== undefined) return compose({ body: countOf(request, count) }, openaiChatVoice, plain);
    const near = NEAR.find(([pattern]) => pattern.test(path))?.[1] ?? openaiChatVoice;
    return compose({ status: 404, errorMessage: `Nothing is at ${path}.` }, near, plain);
  }
}

/** As good a count as any. */
function countOf({ body }: ScriptedRequest, name: string): string {
  return JSON.stringify({ [name]: Math.ceil(body.length / 4) });
}

/** Where tokens are counted, and what the count is called there. */
const COUNTS = [
  ['/messages/count_tokens', 'input_tokens'],
  [':countTokens', 'totalTokens'],
] as const;

const MODELS = JSON.stringify({
  object: 'list',
  data: ['ok', 'gpt-4o-mini'].map((id) => ({ id, object: 'model', created: 1_700_000_000, owned_by: 'scripted' })),
});

/** One socket: requests in, replies out, one at a time. */
class Connection {
  readonly #socket: Socket;
  readonly #stage: Stage;
  readonly #queue: ArrivedRequest[] = [];
  #busy = false;
  #draining = false;
  #request: ScriptedRequest | undefined;
  #stop: (() => void) | undefined;

  constructor(socket: Socket, stage: Stage) {
    this.#socket = socket;
    this.#stage = stage;
    stage.accepted += 1;
    stage.sockets.add(socket);
    const reader = new RequestReader(() => socket.write('HTTP/1.1 100 Continue\r\n\r\n'));
    socket.on('data', (bytes) => {
      for (const request of reader.push(bytes)) this.#queue.push(request);
      this.#work();
    });
    socket.on('error', () => this.#gone());
    socket.on('end', () => this.#gone());
    socket.on('close', () => {
      stage.sockets.delete(socket);
      this.#gone();
    });
  }

  /** Answers what waits. A loop, so that a long queue of instant replies needs no deep stack. */
  #work(): void {
    if (this.#draining) return;
    this.#draining = true;
    while (!this.#busy) {
      const next = this.#queue.shift();
      if (next === undefined) break;
      this.#answer(next);
    }
    this.#draining = false;
  }

  #answer(arrived: ArrivedRequest): void {
    const fast = FAST_REPLIES.get(arrived.path);
    const request = fast === undefined ? this.#stage.keep(arrived) : undefined;
    const reply = fast ?? (request === undefined ? undefined : this.#stage.replyTo(request));
    if (reply === undefined) return;
    this.#busy = true;
    this.#request = request;
    const closes = /\r\nconnection: *close/i.test(arrived.headText);
    const stop = play(this.#socket, reply, {
      onSent: (bytes) => {
        if (request !== undefined) request.sentBytes += bytes;
      },
      onEnd: () => {
        request?.end(reply.cut ? 'cut' : 'answered');
        this.#busy = false;
        this.#request = undefined;
        if (closes) this.#socket.end();
        this.#work();
      },
    });
    this.#stop = this.#busy ? stop : undefined;
  }

  #gone(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#request?.end(this.#stage.closing ? 'closed' : 'aborted');
    this.#request = undefined;
  }
}
