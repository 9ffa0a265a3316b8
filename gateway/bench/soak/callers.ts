import { Agent, request } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { LAST_WORD } from './faults.ts';

/** What a caller found. `lie` is an answer that looked finished and wasn't, or just stopped. */
export type Finding = 'whole' | 'broken off' | 'refused' | 'gave up' | 'no answer' | 'lie';

/** One API, and how its answers end. */
interface Wire {
  readonly path: (stream: boolean) => string;
  readonly body: (stream: boolean) => object;
  /** What the end of a stream has in it. */
  readonly endMark: string;
}

const MODEL = 'group';
const said = [{ role: 'user', content: 'Say the words.' }];

const WIRES: readonly Wire[] = [
  {
    path: () => '/v1/chat/completions',
    body: (stream) => ({ model: MODEL, stream, messages: said }),
    endMark: '[DONE]',
  },
  {
    path: () => '/v1/messages',
    body: (stream) => ({ model: MODEL, stream, max_tokens: 100, messages: said }),
    endMark: 'message_stop',
  },
  {
    path: () => '/v1/responses',
    body: (stream) => ({ model: MODEL, stream, store: false, input: 'Say the words.' }),
    endMark: 'response.completed',
  },
  {
    path: (stream) =>
      stream ? `/v1beta/models/${MODEL}:streamGenerateContent?alt=sse` : `/v1beta/models/${MODEL}:generateContent`,
    body: () => ({ contents: [{ role: 'user', parts: [{ text: 'Say the words.' }] }] }),
    endMark: 'finishReason',
  },
];

/** How many of a hundred callers go away in the middle. */
const LEAVING_PERCENT = 2;

/** Many callers of one gateway, over connections that are kept. */
export class Callers {
  readonly findings = new Map<Finding, number>();
  /** Statuses of refusals. */
  readonly statuses = new Map<number, number>();
  /** Why there was no answer, by the code of the connection's error. */
  readonly lost = new Map<string, number>();
  /** The first answers that were lies, for people. */
  readonly lies: string[] = [];
  asked = 0;
  inFlight = 0;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 2000 });
  readonly #port: number;
  readonly #key: string;

  constructor(port: number, key: string) {
    this.#port = port;
    this.#key = key;
  }

  /** One request, each time of another kind. Never rejects. */
  async ask(): Promise<void> {
    const number = this.asked;
    this.asked += 1;
    this.inFlight += 1;
    const wire = WIRES[(number >> 1) % WIRES.length];
    if (!wire) return;
    const finding = await this.#asked(wire, number % 2 === 0, number % 100 < LEAVING_PERCENT);
    this.findings.set(finding, (this.findings.get(finding) ?? 0) + 1);
    this.inFlight -= 1;
  }

  close(): void {
    this.#agent.destroy();
  }

  #asked(wire: Wire, stream: boolean, leaves: boolean): Promise<Finding> {
    const text = JSON.stringify(wire.body(stream));
    return new Promise((resolve) => {
      const asking: ClientRequest = request(
        {
          port: this.#port,
          host: '127.0.0.1',
          agent: this.#agent,
          method: 'POST',
          path: wire.path(stream),
          headers: {
            authorization: `Bearer ${this.#key}`,
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(text),
          },
        },
        (answer) => {
          if (leaves && stream) {
            answer.once('data', () => asking.destroy());
            answer.once('close', () => resolve('gave up'));
            answer.on('error', () => {});
            return;
          }
          void textOf(answer).then((all) =>
            resolve(this.#judged(all, { wire, stream, status: answer.statusCode ?? 0 })),
          );
        },
      );
      asking.once('error', ({ code = 'unknown' }: NodeJS.ErrnoException) => {
        this.lost.set(code, (this.lost.get(code) ?? 0) + 1);
        resolve('no answer');
      });
      asking.end(text);
    });
  }

  #judged(all: string | undefined, { wire, stream, status }: { wire: Wire; stream: boolean; status: number }): Finding {
    if (status !== 200) {
      this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
      return 'refused';
    }
    const isWhole = all?.includes(LAST_WORD) === true && (!stream || all.includes(wire.endMark));
    if (isWhole) return 'whole';
    // A stream that can't go on says so and doesn't end as one that is whole.
    if (stream && all !== undefined && /"error"|event: error|response\.failed/.test(all)) return 'broken off';
    if (this.lies.length < 5) this.lies.push(`${wire.path(stream)}: ${all?.slice(-300) ?? 'cut'}`);
    return 'lie';
  }
}

/** The whole text; `undefined` when it was cut. */
function textOf(answer: IncomingMessage): Promise<string | undefined> {
  return new Promise((resolve) => {
    let all = '';
    answer.setEncoding('utf8');
    answer.on('data', (piece: string) => (all += piece));
    answer.once('end', () => resolve(answer.complete ? all : undefined));
    answer.once('error', () => resolve(undefined));
  });
}
