import type { ServerResponse } from 'node:http';
import { GatewayError } from '../model/error.ts';
import type { ServerPorts } from './contract.ts';

/** Waits until the caller has read what was written. Throws `request.cancelled` when it went away, or stopped reading for too long. */
export function flushed(
  response: ServerResponse,
  { deadlines, writeIdleTimeoutMs }: Pick<ServerPorts, 'deadlines' | 'writeIdleTimeoutMs'>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const idle = deadlines(() => response.destroy());
    const settle = (): void => {
      idle.clear();
      response.off('drain', settle);
      response.off('close', settle);
      if (response.destroyed) reject(new GatewayError('request.cancelled', 'The caller went away.'));
      else resolve();
    };
    response.on('drain', settle);
    response.on('close', settle);
    idle.set(writeIdleTimeoutMs);
    if (response.destroyed) settle();
  });
}
