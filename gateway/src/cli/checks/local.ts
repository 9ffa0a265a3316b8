import type { LoadedConfig } from '../../config/load.ts';
import { serverText } from '../../discovery/found-text.ts';
import {
  type AskLocal,
  LOCAL_ANSWER_MS,
  LOCAL_LIST_BYTES_MAX,
  localNames,
  localServers,
  looksAround,
} from '../../discovery/local-servers.ts';
import type { LocalServer } from '../../model/local-server.ts';
import { providers } from '../../providers/index.ts';
import { type Check, ok } from './check.ts';

/** What answers on this machine. */
export interface SeenLocally {
  readonly found: readonly LocalServer[];
  readonly check: Check;
}

/** Which servers with models a gateway of this configuration would find beside it. */
export async function checkLocalServers(
  { config, environment }: LoadedConfig,
  own: URL,
  signal: AbortSignal,
): Promise<SeenLocally> {
  const said = (message: string, found: readonly LocalServer[] = []): SeenLocally => ({
    found,
    check: ok('local servers', message),
  });
  if (!looksAround(config))
    return said(`are not looked for (${config.models.length > 0 ? 'models' : 'routing'} of the configuration)`);
  const found = await localServers(providers, {
    providers: config.providers,
    environment: (name) => environment[name],
    ask: askOnce(signal),
    own,
  });
  if (found.length === 0) return said(`none answers on its usual port (${localNames(providers).join(', ')})`);
  return said(found.map(serverText).join('; '), found);
}

function askOnce(signal: AbortSignal): AskLocal {
  return async (url, headers) => {
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(LOCAL_ANSWER_MS)]);
    const response = await fetch(url, { headers, redirect: 'error', signal: inTime });
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of response.body ?? []) {
      size += part.length;
      if (size > LOCAL_LIST_BYTES_MAX) throw new Error(`${url.host} answered too much.`);
      parts.push(part);
    }
    if (!response.ok) throw new Error(`${url.host} answered ${response.status}.`);
    return JSON.parse(Buffer.concat(parts).toString('utf8')) as unknown;
  };
}
