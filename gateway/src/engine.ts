import { keyring, type KnownKey } from './access/keyring.ts';
import type { LoadedConfig } from './config/load.ts';
import type { Config } from './config/schema.ts';
import type { Detector } from './detectors/contract.ts';
import { detectors } from './detectors/index.ts';
import { guards } from './guards/index.ts';
import { order } from './pipeline/order.ts';
import { providers } from './providers/index.ts';
import { catalog } from './routing/catalog.ts';
import { dispatch, type DispatchPorts } from './routing/dispatch.ts';
import { plan } from './routing/plan.ts';
import type { Engine } from './server/contract.ts';
import { guard } from './stages/guard.ts';
import { maskPii } from './stages/mask-pii.ts';
import { mockResponse } from './stages/mock-response.ts';

/** All that follows from one configuration: the line, the keys, the names. Throws when it can't be served. */
export function engineOf(
  { config, environment }: LoadedConfig,
  ports: DispatchPorts,
  moreKeys: readonly KnownKey[],
): Engine {
  const { routing, upstream, server } = config;
  const names = catalog(providers, {
    ...routing,
    models: config.models,
    providers: config.providers,
    environment: (name) => environment[name],
  });
  const settings = {
    ...routing,
    ...upstream,
    frameLimits: { jsonBytesMax: upstream.jsonBytesMax, sseBytesMax: upstream.sseEventBytesMax },
  };
  return {
    pipeline: {
      stages: order({
        guard: guard(config.guards, guards),
        maskPii: maskPii(config.privacy, detectorsOf(config)),
        mockResponse,
      }),
      send: (turn, journal) => dispatch(turn, plan(turn, names, routing, ports.random), settings, { ports, journal }),
    },
    keyring: keyring([...moreKeys, ...keysOf(config)]),
    listedModels: names.names,
    bodyBytesMax: server.bodyBytesMax,
    totalTimeoutMs: upstream.totalTimeoutMs,
  };
}

/** The detectors of the kinds that are looked for. */
export function detectorsOf({ privacy }: Config): readonly Detector[] {
  return detectors.filter(({ kind }) => privacy.kinds.includes(kind));
}

function keysOf({ access }: Config): KnownKey[] {
  const master: KnownKey[] =
    access.masterKey === undefined ? [] : [{ key: access.masterKey, caller: { keyId: 'master', role: 'admin' } }];
  const others = access.apiKeys.map(
    ({ id, key, role, models, privacy, guards: named }): KnownKey => ({
      key,
      caller: {
        keyId: id,
        role,
        ...(models ? { models } : {}),
        ...(privacy ? { privacy } : {}),
        ...(named ? { guards: named } : {}),
      },
    }),
  );
  return [...others, ...master];
}
