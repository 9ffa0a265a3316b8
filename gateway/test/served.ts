import { Door, type DoorSettings } from '../src/access/door.ts';
import { Roster } from '../src/model/roster.ts';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { ReplyCache } from '../src/caching/reply-cache.ts';
import { MemoryReplies } from '../src/stores/memory-replies.ts';
import { keyring } from '../src/access/keyring.ts';
import type { Reply } from '../src/model/reply.ts';
import type { Turn, TurnRecord, RefusedRequest, ToolUse } from '../src/model/turn.ts';
import type { Trail } from '../src/pipeline/trail.ts';
import type { Engine, ServerPorts } from '../src/server/contract.ts';
import { type HttpSettings, listen, type RunningServer } from '../src/server/http.ts';
import { DEFAULT_KEYWORD_SETTINGS, DEFAULT_PATTERNS } from '../src/keyword/pattern.ts';
import { type KeywordGround, PatternBook } from '../src/keyword/pattern-book.ts';
import { ResponseBook } from '../src/keeping/response-book.ts';
import { ResponseKeeper } from '../src/keeping/response-keeper.ts';
import { forgetful, NO_CHANGES } from '../src/keyword/pattern-store.ts';
import { Config } from '../src/config/schema.ts';
import { prompting } from '../src/prompting/prompting.ts';
import { tokenCounter } from '../src/tokens/count.ts';
import { calculator } from '../src/tools/calculator/calculator.ts';
import { currentTime } from '../src/tools/current-time/current-time.ts';
import { ToolBox } from '../src/tools/tool-box.ts';
import { handTurned, NO_PASSAGE } from './support.ts';

const SETTINGS: HttpSettings = {
  host: '127.0.0.1',
  port: 0,
  headerBytesMax: 16_384,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 60_000,
  keepAliveTimeoutMs: 65_000,
  connectionsMax: 100,
};

/** The key that `served` knows. */
export const KEY = 'sk-the-callers-key';

/** The keyword patterns that come along, switched on. */
export const GROUND: KeywordGround = {
  patterns: DEFAULT_PATTERNS,
  settings: { ...DEFAULT_KEYWORD_SETTINGS, detection: true },
  limits: { patternsMax: 10, patternCharactersMax: 500, textCharactersMax: 1000, matchMs: 50 },
};
const nobody = () => Promise.reject(new Error('nobody is to be asked'));
const fail = (): never => {
  throw new Error('nobody is to be asked');
};

type Init = Omit<RequestInit, 'headers'> & { readonly headers?: Readonly<Record<string, string>> };
type Send = (turn: Turn, trail: Trail) => Promise<Reply>;

interface Wanted {
  readonly send?: Send;
  readonly engine?: Partial<Engine>;
  readonly settings?: Partial<HttpSettings>;
  readonly ports?: Partial<ServerPorts>;
}

const WIDE: DoorSettings = { turnsMax: 1000, queueMax: 1000, queueWaitMs: 10_000, heapShareMax: 1 };

/** A real server on loopback whose models are a function. It stops when the test is over. */
export async function served({ send, engine: changed, settings, ports: given }: Wanted = {}) {
  const clock = handTurned();
  const records: TurnRecord[] = [];
  const bugs: unknown[] = [];
  const hearing: (() => void)[] = [];
  let engine: Engine = { ...engineFor(clock, send), ...changed };
  const inFlight: ServerPorts['inFlight'] = new Roster();
  const refused: RefusedRequest[] = [];
  const toolUses: ToolUse[] = [];
  let count = 0;
  const ports: ServerPorts = {
    engine: () => engine,
    onRecord: (record) => {
      records.push(record);
      for (const heard of hearing.splice(0)) heard();
    },
    onRefused: (request) => refused.push(request),
    onToolUse: (use) => toolUses.push(use),
    onBug: (_, cause) => bugs.push(cause),
    clocks: clock.clocks,
    newId: () => `id-${(count += 1)}`,
    deadlines: clock.deadlines,
    writeIdleTimeoutMs: 1000,
    openLine: nobody,
    metricsText: () => Promise.resolve('synthlang_up 1\n'),
    version: '1.2.3',
    inFlight,
    door: new Door({ ...clock.clocks, deadlines: clock.deadlines, heapShare: () => 0, settings: () => WIDE }),
    ...given,
  };
  const server = await listen({ ...SETTINGS, ...settings }, ports);
  onTestFinished(() => server.stop(0));
  return {
    server,
    refused,
    toolUses,
    clock,
    records,
    bugs,
    inFlight,
    url: server.url,
    /** Comes true when the next record is there. */
    recorded: () => (records.length > 0 ? Promise.resolve() : new Promise<void>((resolve) => hearing.push(resolve))),
    swap: (next: Partial<Engine>) => void (engine = { ...engine, ...next }),
    get: (path: string, init: Init = {}) =>
      fetch(server.url + path, { ...init, headers: { authorization: `Bearer ${KEY}`, ...init.headers } }),
    post: (path: string, body: unknown, init: Init = {}) =>
      fetch(server.url + path, {
        method: 'POST',
        ...init,
        body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
        headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...init.headers },
      }),
  };
}

function engineFor({ clocks, deadlines }: ReturnType<typeof handTurned>, send: Send | undefined): Engine {
  return {
    pipeline: { stages: [], send: send ?? nobody },
    texts: { compress: nobody, decompress: nobody },
    prompting: prompting(Config.parse({}).prompting, {
      ask: nobody,
      counterFor: tokenCounter,
      deadlines,
      random: () => 0,
    }),
    keyring: keyring([{ key: KEY, caller: { keyId: 'key-1', role: 'basic' } }]),
    operations: NO_PASSAGE,
    pages: { docs: true, ui: true },
    routes: {
      explain: () => fail(),
      targets: () => [],
      serves: () => false,
      check: () => Promise.resolve(),
      attemptsMax: 3,
      fanOutMax: 5,
    },
    overruling: {
      usual: {},
      roles: {},
      privacy: { maskBeforeLlm: false, maskInLogs: true, callersMaySwitchOff: true },
    },
    listedModels: () => [{ name: 'the-model', provider: 'acme' }],
    toolBox: new ToolBox(
      [calculator(), currentTime()],
      { off: [], roles: {}, timeoutMs: 1000 },
      { ...clocks, deadlines },
    ),
    keywords: new PatternBook(GROUND, NO_CHANGES, forgetful, clocks.clockMs),
    replies: new ReplyCache({
      store: new MemoryReplies({ bytesMax: 1e6, entriesMax: 100 }),
      deadlines,
      nowMs: clocks.nowMs,
    }),
    responses: new ResponseBook(1000, {
      keeper: new ResponseKeeper({ entriesMax: 10, bytesMax: 1e6, responseBytesMax: 1e6 }, clocks),
      nowMs: clocks.nowMs,
      fitToKeep: (text) => text,
    }),
    bodyBytesMax: 100_000,
    totalTimeoutMs: 60_000,
  };
}

/** A chat request of one word. */
export const CHAT = { model: 'the-model', messages: [{ role: 'user', content: 'Hello' }] };

/** What a socket of one's own says and hears. */
export class RawCaller {
  readonly socket: Socket;
  heard = '';
  readonly closed: Promise<void>;

  constructor({ url }: Pick<RunningServer, 'url'>) {
    const { port } = new URL(url);
    this.socket = connect(Number(port), '127.0.0.1');
    this.socket.setEncoding('latin1');
    this.socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()));
    this.socket.on('data', (text: string) => (this.heard += text));
  }

  say(text: string): void {
    this.socket.write(text, 'latin1');
  }

  /** A chat as HTTP, on this connection. */
  chat(fields: object = {}): void {
    const body = JSON.stringify({ ...CHAT, ...fields });
    this.say(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${KEY}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  }

  /** Comes true when this has been heard. */
  async hears(text: string): Promise<void> {
    while (!this.heard.includes(text)) {
      const spoke = new Promise<true>((resolve) => this.socket.once('data', () => resolve(true)));
      const more = await Promise.race([spoke, this.closed]);
      if (!more && !this.heard.includes(text)) throw new Error(`Closed without saying ${text}: ${this.heard}`);
    }
  }
}
