import { chargedLater } from './access/charged-later.ts';
import type { LoadedConfig } from './config/load.ts';
import type { Config } from './config/schema.ts';
import { GatewayError } from './model/error.ts';
import { BatchBills, type BatchPorts } from './passthrough/batch-bills.ts';
import type { CountText } from './passthrough/count-tokens.ts';
import { ObjectDesk } from './passthrough/object-desk.ts';
import type { Passage } from './passthrough/passage.ts';
import type { OperationSettings } from './passthrough/settings.ts';
import { through, type ThroughRoute } from './passthrough/through.ts';
import type { HttpProvider } from './providers/contract.ts';
import { providers } from './providers/index.ts';
import type { HttpDeployment } from './routing/address.ts';
import type { Catalog } from './routing/catalog.ts';
import type { Chooser } from './routing/chooser.ts';
import { Deployments } from './routing/deployment.ts';
import type { DispatchPorts } from './routing/dispatch.ts';
import type { Stage } from './stages/contract.ts';
import { limits } from './stages/limits.ts';
import type { ObjectStore } from './stores/contract.ts';
import { tokenCounter } from './tokens/count.ts';

/** What operations have in common with chats. */
export interface OperationGround {
  readonly shared: { readonly limits: Stage; readonly guard: Stage; readonly maskPii: Stage };
  readonly names: Catalog;
  readonly settings: Passage['settings'];
  readonly asking: DispatchPorts;
  readonly chooser: Chooser;
  /** Knows whose files and batches are whose, where something is stored. */
  readonly governance: {
    readonly objects: ObjectStore | undefined;
    readonly hasRow: (requestId: string) => Promise<boolean>;
  };
}

/** Counts by the tokenizer of a model, or by the one that is nearest. */
export const countText: CountText = async (text, model) => {
  const { tokenizer, count } = await tokenCounter(model);
  return { tokens: count(text), tokenizer };
};

/** Operations besides chats, as the configuration has them. */
export function operationsOf(
  { config, environment }: Pick<LoadedConfig, 'config' | 'environment'>,
  ground: OperationGround,
): OperationSettings {
  const { shared, names, settings, asking: ports, chooser, governance } = ground;
  const passage: Passage = {
    names,
    settings,
    chooser,
    ports,
    admission: shared.limits,
    inspectors: [shared.guard, shared.maskPii],
    limits: config.operations,
    routing: config.routing,
  };
  const deployments = new Deployments({ providers: config.providers, environment: (name) => environment[name] });
  const { filesProvider } = config.operations;
  const { objects } = governance;
  const priceOf = batchPrices(config, { names, priceOf: ports.priceOf, deployments });
  const charging = limits(chargedLater(ports.nowMs));
  const bills = new BatchBills({ isBilled: governance.hasRow, priceOf, charging });
  return {
    passage,
    countText,
    desk: () => {
      if (filesProvider === undefined) throw unsupported('No provider is named for files (operations.filesProvider).');
      if (!objects) throw unsupported('Files need a store that knows whose they are (store.enabled).');
      return new ObjectDesk({ passage, objects, bills, deployment: deploymentOf(filesProvider, deployments) });
    },
    through: through(config.operations.passThrough.map((route) => throughRoute(route, deployments))),
  };
}

interface PriceGround extends Pick<OperationGround, 'names'> {
  readonly priceOf: DispatchPorts['priceOf'];
  readonly deployments: Deployments;
}

/** Providers say a model's date, where operators may name it without one. */
const DATE = /-\d{4}-\d{2}-\d{2}$/;

/** What a model of a batch costs: as the operator says of the same model, or as the list has it. */
function batchPrices({ models }: Config, { names, priceOf, deployments }: PriceGround): BatchPorts['priceOf'] {
  return ({ provider }, model) => {
    for (const name of [model, model.replace(DATE, '')]) {
      const entry = models.find(({ target }) => target === `${provider.id}/${name}`);
      const own =
        entry && names.deploymentsOf(entry.name).find((one) => one.provider === provider && one.model === name);
      if (own) return priceOf?.(own);
    }
    return priceOf?.(deployments.made(provider, model));
  };
}

type RouteSettings = Config['operations']['passThrough'][number];

function throughRoute(route: RouteSettings, deployments: Deployments): ThroughRoute {
  const { prefix, provider: id, baseUrl, headers = {}, forwards } = route;
  return {
    prefix,
    deployment: () => {
      const found = id === undefined ? plain(prefix, baseUrl ?? '') : deploymentOf(id, deployments);
      const { provider } = found;
      return {
        ...found,
        headers: { ...found.headers, ...headers },
        provider: { ...provider, forwards: [...USUAL, ...(provider.forwards ?? []), ...forwards] },
      };
    },
  };
}

/** What clients say about themselves and about the answer that they expect. */
const USUAL = ['accept', 'user-agent'];

/** An address of the operator's that is no provider of ours. */
function plain(prefix: string, baseUrl: string): HttpDeployment {
  const provider: HttpProvider = {
    kind: 'http',
    id: prefix.slice(1),
    docs: baseUrl,
    baseUrlEnv: [],
    keyEnv: [],
    keyOptional: true,
    headers: () => ({}),
    chat: [],
  };
  const made = new Deployments({ providers: {}, environment: () => undefined }).made(provider, '', {
    name: prefix,
    target: prefix,
    apiBase: baseUrl,
    weight: 1,
  });
  return made as HttpDeployment;
}

function deploymentOf(id: string, deployments: Deployments): HttpDeployment {
  const provider = providers.find((one) => one.id === id);
  if (provider?.kind !== 'http') throw unsupported(`There is no provider "${id}" that could be asked.`);
  const missing = deployments.missing(provider);
  if (missing !== undefined) throw unsupported(`${id} can’t be asked: ${missing}.`);
  return deployments.made(provider, '') as HttpDeployment;
}

function unsupported(message: string): GatewayError {
  return new GatewayError('operation.unsupported', message);
}
