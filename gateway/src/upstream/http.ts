import { Pool, type Dispatcher } from 'undici';
import { GatewayError } from '../model/error.ts';
import type { Deadlines, Transport, TransportOptions, UpstreamRequest, UpstreamResponse } from '../model/upstream.ts';
import { StreamedBody } from './body.ts';
import { connector } from './connector.ts';
import { decompressed } from './decompressed.ts';
import { connectionFailure } from './failure.ts';

/** Limits of the connections to providers. */
export interface UpstreamSettings {
  readonly connectTimeoutMs: number;
  readonly connectionsPerOriginMax: number;
}

const RESPONSE_HEADERS_BYTES_MAX = 64 * 1024;
const KEEP_ALIVE_MS = 30_000;

/** The one file that opens connections out. Redirects are never followed: a prompt goes where the operator said. */
export interface HttpTransport {
  readonly send: Transport;
  readonly close: () => Promise<void>;
}

/** Connections to providers, one pool per origin, kept open between requests. */
export function httpTransport(
  { connectTimeoutMs, connectionsPerOriginMax }: UpstreamSettings,
  deadlines: Deadlines,
): HttpTransport {
  const pools = new Map<string, Pool>();
  const poolOf = (origin: string): Pool => {
    let pool = pools.get(origin);
    if (!pool) {
      pool = new Pool(origin, {
        connections: connectionsPerOriginMax,
        pipelining: 1,
        // Our own deadlines are finer than undici's, and each has a name.
        headersTimeout: 0,
        bodyTimeout: 0,
        keepAliveTimeout: KEEP_ALIVE_MS,
        maxHeaderSize: RESPONSE_HEADERS_BYTES_MAX,
        connect: connector(connectTimeoutMs),
      });
      pools.set(origin, pool);
    }
    return pool;
  };
  return {
    send: (request, options) => exchange(poolOf(request.origin), request, options, deadlines),
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
      pools.clear();
    },
  };
}

function exchange(
  pool: Pool,
  request: UpstreamRequest,
  options: TransportOptions,
  deadlines: Deadlines,
): Promise<UpstreamResponse> {
  return new Promise((resolve, reject) => {
    const handler = new Exchange(request, options, deadlines, { resolve, reject });
    if (!options.cancellation.reason)
      pool.dispatch(
        {
          method: request.method,
          path: request.path,
          headers: request.headers as string[],
          body: request.body ?? null,
        },
        handler,
      );
  });
}

interface Settle {
  readonly resolve: (response: UpstreamResponse) => void;
  readonly reject: (error: GatewayError) => void;
}

/** One request on one connection: from undici's callbacks to a response with a body that can be read at leisure. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #request: UpstreamRequest;
  readonly #options: TransportOptions;
  readonly #settle: Settle;
  readonly #deadline: ReturnType<Deadlines>;
  #controller: Dispatcher.DispatchController | undefined;
  #body: StreamedBody | undefined;
  #over = false;

  constructor(request: UpstreamRequest, options: TransportOptions, deadlines: Deadlines, settle: Settle) {
    this.#request = request;
    this.#options = options;
    this.#settle = settle;
    this.#deadline = deadlines(() => this.#expired());
    this.#deadline.set(options.headersTimeoutMs);
    options.cancellation.on(this.#fail);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over) controller.abort(new Error('The request was given up before it began.'));
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    this.#deadline.clear();
    const source = {
      pause: () => controller.pause(),
      resume: () => controller.resume(),
      abort: (reason: Error) => this.#fail(GatewayError.from(reason)),
    };
    this.#body = new StreamedBody(source, this.#deadline, this.#options.idleTimeoutMs);
    const plain = single(headers);
    try {
      this.#settle.resolve({
        status,
        headers: plain,
        body: decompressed(this.#body, plain['content-encoding'], this.#request.provider),
      });
    } catch (thrown) {
      this.#fail(GatewayError.from(thrown));
    }
  }

  onResponseData(_controller: Dispatcher.DispatchController, bytes: Buffer): void {
    this.#body?.push(bytes);
  }

  onResponseEnd(): void {
    this.#finish();
    this.#body?.finish();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(connectionFailure(error, this.#request.provider));
  }

  #expired(): void {
    const { provider } = this.#request;
    const { headersTimeoutMs, idleTimeoutMs } = this.#options;
    const message = this.#body
      ? `${provider} sent nothing for ${idleTimeoutMs} ms (idle timer).`
      : `${provider} sent no response headers within ${headersTimeoutMs} ms (headers timer).`;
    this.#fail(new GatewayError('upstream.timeout', message));
  }

  readonly #fail = (error: GatewayError): void => {
    if (this.#over) return;
    this.#finish();
    this.#controller?.abort(error);
    this.#settle.reject(error); // no effect once resolved
    this.#body?.fail(error);
  };

  #finish(): void {
    this.#over = true;
    this.#deadline.clear();
    this.#options.cancellation.off(this.#fail);
  }
}

/** A header that came more than once reads as one list, as HTTP says. */
function single(headers: Record<string, string | string[] | undefined>): Record<string, string | undefined> {
  for (const [name, value] of Object.entries(headers)) if (Array.isArray(value)) headers[name] = value.join(', ');
  return headers as Record<string, string | undefined>;
}
