import type { Redis } from 'ioredis';
import type { NotedRest, SharedBoard } from './contract.ts';

/** Where Redis is, and under which names things stand there. */
export interface RedisSettings {
  /** `redis://` or `rediss://`, with user, password and database. */
  readonly url: string;
  /** In front of every name. */
  readonly prefix: string;
  readonly connectTimeoutMs: number;
}

/** What the board needs of the world. */
export interface RedisPorts {
  readonly warn: (facts: object, message: string) => void;
  /** Waits between attempts to connect. */
  readonly retryMaxMs?: number;
}

const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 5000;
/** Commands that wait for a connection would pile up while there is none. */
const NO_QUEUE = { enableOfflineQueue: false, maxRetriesPerRequest: 0, lazyConnect: true } as const;
/** The longest that anything stays there without being written again. */
const EXPIRE_MS = 3_600_000;

/** Opens the board. Resolves at once: whether anybody is reached shows later. */
export async function redisBoard(settings: RedisSettings, ports: RedisPorts): Promise<SharedBoard> {
  const { Redis: Client } = await import('ioredis');
  const retryStrategy = (times: number): number =>
    Math.min(RETRY_MIN_MS * 2 ** Math.min(times, 10), ports.retryMaxMs ?? RETRY_MAX_MS);
  const options = { ...NO_QUEUE, connectTimeout: settings.connectTimeoutMs, retryStrategy };
  const speaking = new Client(settings.url, options);
  // A connection that listens can do nothing else.
  const listening = new Client(settings.url, { ...options, autoResubscribe: true });
  return new RedisBoard(settings, { speaking, listening }, ports);
}

class RedisBoard implements SharedBoard {
  readonly #speaking: Redis;
  readonly #listening: Redis;
  readonly #channel: string;
  readonly #restsKey: string;
  readonly #ports: RedisPorts;
  #isTold = false;

  constructor(
    { prefix }: RedisSettings,
    { speaking, listening }: { speaking: Redis; listening: Redis },
    ports: RedisPorts,
  ) {
    this.#speaking = speaking;
    this.#listening = listening;
    this.#channel = `${prefix}targets`;
    this.#restsKey = `${prefix}rests`;
    this.#ports = ports;
    speaking.on('error', (error: Error) => this.#lost(error));
    listening.on('error', (error: Error) => this.#lost(error));
    speaking.on('ready', () => this.#found());
    listening.on('ready', () => void listening.subscribe(this.#channel).catch(() => undefined));
    for (const client of [speaking, listening]) client.connect().catch(() => undefined);
  }

  get isUp(): boolean {
    return this.#speaking.status === 'ready';
  }

  readonly tell = (message: string): void => {
    if (this.isUp) this.#speaking.publish(this.#channel, message).catch(() => undefined);
  };

  readonly hear = (listener: (message: string) => void): void => {
    this.#listening.on('message', (_channel: string, message: string) => listener(message));
  };

  readonly note = (target: string, rest: NotedRest | undefined): void => {
    if (!this.isUp) return;
    void this.#noted(target, rest).catch(() => undefined);
  };

  readonly rests = async (): Promise<ReadonlyMap<string, NotedRest>> => {
    const [noted, now] = await Promise.all([this.#speaking.hgetall(this.#restsKey), this.#nowMs()]);
    const found = new Map<string, NotedRest>();
    for (const [target, text] of Object.entries(noted)) {
      const [code, until] = text.split(' ');
      const leftMs = Number(until) - now;
      if (code && leftMs > 0) found.set(target, { code, leftMs });
    }
    return found;
  };

  readonly close = async (): Promise<void> => {
    await this.#speaking.quit().catch(() => undefined);
    this.#speaking.disconnect();
    this.#listening.disconnect();
  };

  async #noted(target: string, rest: NotedRest | undefined): Promise<void> {
    if (!rest) {
      await this.#speaking.hdel(this.#restsKey, target);
      return;
    }
    const until = (await this.#nowMs()) + rest.leftMs;
    await this.#speaking
      .multi()
      .hset(this.#restsKey, target, `${rest.code} ${Math.ceil(until)}`)
      .pexpire(this.#restsKey, EXPIRE_MS)
      .exec();
  }

  /** By Redis' own clock, which is the same for all. */
  async #nowMs(): Promise<number> {
    const [seconds, micros] = await this.#speaking.time();
    return Number(seconds) * 1000 + Number(micros) / 1000;
  }

  #lost(error: Error): void {
    if (this.#isTold) return;
    this.#isTold = true;
    // Its address holds a password; the message of an error doesn't.
    this.#ports.warn({ reason: error.message }, 'Redis is not reached: this gateway goes on by what it knows itself');
  }

  #found(): void {
    if (this.#isTold) this.#ports.warn({}, 'Redis is reached again');
    this.#isTold = false;
  }
}
