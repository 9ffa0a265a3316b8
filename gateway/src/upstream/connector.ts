import { buildConnector, errors } from 'undici';

/**
 * Opens connections, TLS included, within a time. undici's own timer for that may be more than half a second late. Both
 * address families are tried, so a dead one costs little.
 */
export function connector(connectTimeoutMs: number): buildConnector.connector {
  const open = buildConnector({ timeout: 0, autoSelectFamily: true });
  return (options, opened) => {
    let socket: Destroyable | undefined;
    const timer = setTimeout(() => socket?.destroy(new errors.ConnectTimeoutError()), connectTimeoutMs);
    // Its type doesn't say so, but it gives the socket.
    socket = open(options, (...result) => {
      clearTimeout(timer);
      opened(...result);
    }) as unknown as Destroyable | undefined;
  };
}

interface Destroyable {
  readonly destroy: (reason: Error) => void;
}
