import { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import type { LocalServer } from '../model/local-server.ts';
import { beginning, type Deadlines, type Transport } from '../model/upstream.ts';
import type { Provider } from '../providers/contract.ts';
import {
  type AskLocal,
  LOCAL_ANSWER_MS,
  LOCAL_LIST_BYTES_MAX,
  type LocalSearch,
  localServers,
} from './local-servers.ts';

/** What looking around needs of the world outside. */
export interface SurroundingsPorts {
  readonly transport: Transport;
  readonly deadlines: Deadlines;
}

/** The servers on this machine that were found when somebody looked. */
export class Surroundings {
  readonly #shelf: readonly Provider[];
  readonly #ports: SurroundingsPorts;
  #found: readonly LocalServer[] = [];

  constructor(shelf: readonly Provider[], ports: SurroundingsPorts) {
    this.#shelf = shelf;
    this.#ports = ports;
  }

  /** What was found; nothing before anybody has looked. */
  readonly found = (): readonly LocalServer[] => this.#found;

  /** Looks, and says what there is. Never rejects. */
  readonly look = async (search: Omit<LocalSearch, 'ask'>): Promise<readonly LocalServer[]> => {
    this.#found = await localServers(this.#shelf, { ...search, ask: this.#ask });
    return this.#found;
  };

  readonly #ask: AskLocal = async (url, headers) => {
    const cancellation = new Cancellation();
    const deadline = this.#ports.deadlines(() =>
      cancellation.cancel(new GatewayError('upstream.timeout', `${url.host} did not answer in time.`)),
    );
    deadline.set(LOCAL_ANSWER_MS);
    try {
      const { status, body } = await this.#ports.transport(
        {
          provider: url.host,
          method: 'GET',
          origin: url.origin,
          path: url.pathname,
          headers: Object.entries({ accept: 'application/json', ...headers }).flat(),
          body: undefined,
        },
        { cancellation, headersTimeoutMs: LOCAL_ANSWER_MS, idleTimeoutMs: LOCAL_ANSWER_MS },
      );
      const text = await beginning(body, LOCAL_LIST_BYTES_MAX);
      if (status !== 200) throw new GatewayError('upstream.bad-response', `${url.host} answered ${status}.`);
      return JSON.parse(text) as unknown;
    } finally {
      deadline.clear();
    }
  };
}
