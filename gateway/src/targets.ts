import type { Asks } from './access/worst-case.ts';
import type { Config } from './config/schema.ts';
import { targetReports } from './health/target-report.ts';
import { knownModel } from './ledger/known-models.ts';
import type { PriceBook } from './ledger/prices.ts';
import type { Pipeline } from './pipeline/run.ts';
import { withSilentCopies } from './pipeline/silent-copies.ts';
import { targetChecks } from './pipeline/target-checks.ts';
import type { TrailClocks } from './pipeline/trail.ts';
import type { UnheardPorts } from './pipeline/unheard.ts';
import { FREE, type ModelPrice, picousdOf, rateOf } from './model/price.ts';
import type { Ask } from './model/request.ts';
import type { Turn } from './model/turn.ts';
import type { UnitPrices } from './model/units.ts';
import { countText } from './operations.ts';
import { estimatedCount } from './passthrough/count-tokens.ts';
import type { Catalog, ListedModel } from './routing/catalog.ts';
import type { Chooser } from './routing/chooser.ts';
import { mayBeContinued } from './routing/continuation.ts';
import { contextCheck } from './routing/context-check.ts';
import type { Deployment } from './routing/deployment.ts';
import { dispatch, type DispatchPorts, type DispatchSettings } from './routing/dispatch.ts';
import { explained } from './routing/explain.ts';
import { plan } from './routing/plan.ts';
import { attemptsMax, retryPolicy } from './routing/retry-policy.ts';
import type { RouteDesk } from './server/contract.ts';

/** What asking needs, with what is known of prices and of how much models take. */
export function askingPorts<Ports extends { readonly prices: PriceBook }>({ routing }: Config, ports: Ports) {
  const priceOf = pricesBy(ports.prices);
  const countTokens = async (ask: Ask, model: string): Promise<number> => {
    const { tokens } = await estimatedCount(ask.look(), model, countText);
    return tokens;
  };
  const windowOf = (deployment: Deployment): number | undefined => windowKnown(deployment, priceOf(deployment));
  return {
    ...ports,
    priceOf,
    contextCheck: routing.contextCheck ? contextCheck({ windowOf, countTokens }) : undefined,
  };
}

function windowKnown({ facts, baseModel, model }: Deployment, price: ModelPrice | undefined): number | undefined {
  return facts?.contextWindow ?? price?.contextWindow ?? knownModel(baseModel ?? model).contextWindow;
}

/** How often and how patiently targets are asked. */
export function dispatchSettings({ routing, upstream }: Config) {
  return {
    ...routing,
    ...upstream,
    attemptsMax: attemptsMax(routing),
    attemptsGrow: routing.attemptsMax === undefined,
    retryPolicy: retryPolicy(routing),
    hedgeAfterMs: hedgeAfterMs(routing),
    frameLimits: { jsonBytesMax: upstream.jsonBytesMax, eventBytesMax: upstream.eventBytesMax },
  };
}

function hedgeAfterMs(routing: Config['routing']): ((name: string) => number | undefined) | undefined {
  if (!hedges(routing)) return undefined;
  const { groupHedgeAfterMs: own, hedgeAfterMs: usual } = routing;
  return (name) => (Object.hasOwn(own, name) ? own[name] : usual);
}

/** How many models a turn may have to pay for. */
export function asksOf(routing: Config['routing']) {
  const readers = hedges(routing) ? 2 : 1;
  const parts = attemptsMax(routing);
  return (turn: Turn): Asks => ({ readers, parts: turn.switches.continuesStreams && mayBeContinued(turn) ? parts : 1 });
}

/** Whether a request may be put to two targets at the same time. */
function hedges({ hedgeAfterMs, groupHedgeAfterMs }: Config['routing']): boolean {
  return hedgeAfterMs !== undefined || Object.keys(groupHedgeAfterMs).length > 0;
}

/** Where requests go, and how. */
interface Ways {
  readonly names: Catalog;
  readonly chooser: Chooser;
  readonly settings: DispatchSettings;
  readonly asking: DispatchPorts;
}

/** Asks models, and the silent ones too where there are any. */
export function sendOf(
  { models, routing, upstream }: Config,
  { names, chooser, settings, asking }: Ways,
  ports: TurnPorts,
): Pipeline['send'] {
  const send: Pipeline['send'] = (turn, journal) =>
    dispatch(turn, plan(turn, names, routing, chooser), settings, { ports: asking, journal });
  if (models.every(({ silentModel }) => silentModel === undefined)) return send;
  const silentModelOf = (name: string): string | undefined => {
    const found = names.deploymentsOf(name).find(({ silentModel }) => silentModel !== undefined);
    return found?.silentModel;
  };
  const copiesMax = routing.silentCopiesMax;
  return withSilentCopies(send, { ...ports, ...upstream, silentModelOf, copiesMax, clocks: ports });
}

/** Tells where requests go, and asks targets how they do. */
export function routesOf(config: Config, { names, chooser, settings, asking }: Ways, ports: TurnPorts): RouteDesk {
  const { routing, upstream, models } = config;
  const { health, clockMs } = asking;
  const due = (): readonly Deployment[] => {
    const all = models.filter(({ name }) => !name.includes('*')).flatMap(({ name }) => deploymentsUnder(name, names));
    const unique = [...new Map(all.map((deployment) => [deployment.id, deployment])).values()];
    if (routing.checkWhich === 'all') return unique;
    return unique.filter(({ id }) => health.of(id).breaker.state(clockMs()) === 'half-open');
  };
  const once = { ...settings, retriesMax: 0, attemptsMax: 1, attemptsGrow: false };
  const sendTo =
    (deployment: Deployment): Pipeline['send'] =>
    (turn, journal) => {
      const first = { name: deployment.id, deployments: [deployment] };
      return dispatch(turn, { first, after: () => [] }, once, { ports: asking, journal });
    };
  return {
    explain: (turn) => explained(turn, { catalog: names, settings: routing, chooser }),
    targets: () => targetReports(health, clockMs()),
    serves: (name) => deploymentsUnder(name, names).length > 0,
    check: targetChecks({ ...ports, ...upstream, clocks: ports, due, sendTo }),
    attemptsMax: settings.attemptsMax,
    fanOutMax: routing.fanOutMax,
  };
}

/** What turns need that the gateway itself begins. */
type TurnPorts = Pick<UnheardPorts, 'newId' | 'onRecord' | 'deadlines'> & TrailClocks;

function deploymentsUnder(name: string, names: Catalog): readonly Deployment[] {
  try {
    return names.deploymentsOf(name);
  } catch {
    return [];
  }
}

/** What the operator says a model costs; without a word about it, the price list decides. */
export function withPrice(model: Config['models'][number]) {
  const morePrices = morePricesOf(model);
  const price = tokenPriceOf(model);
  return { ...model, ...(price ? { price } : {}), ...(morePrices ? { morePrices } : {}) };
}

function tokenPriceOf(model: Config['models'][number]): ModelPrice | undefined {
  const { inputCostPerToken: input, outputCostPerToken: output } = model;
  if (input === undefined && output === undefined) return undefined;
  const { cacheReadCostPerToken: read, cacheWriteCostPerToken: write } = model;
  const { audioInputCostPerToken: heard, audioOutputCostPerToken: spoken } = model;
  return {
    input: rateOf(input ?? 0),
    output: rateOf(output ?? 0),
    ...(read === undefined ? {} : { cacheRead: rateOf(read) }),
    ...(write === undefined ? {} : { cacheWrite: rateOf(write) }),
    ...(heard === undefined ? {} : { audioInput: rateOf(heard) }),
    ...(spoken === undefined ? {} : { audioOutput: rateOf(spoken) }),
  };
}

/** What holds besides the price of tokens, whoever says that. */
function morePricesOf(model: Config['models'][number]): Pick<ModelPrice, 'units' | 'batch'> | undefined {
  const { batchInputCostPerToken: input, batchOutputCostPerToken: output, imageCosts } = model;
  const costs = {
    pictures: model.costPerImage,
    seconds: model.costPerSecond,
    characters: model.costPerCharacter,
    searches: model.costPerSearch,
    webSearches: model.costPerWebSearch,
  };
  const said = Object.entries(costs).flatMap(([kind, cost]) => (cost === undefined ? [] : [[kind, picousdOf(cost)]]));
  const byForm = imageCosts && inPicousd(imageCosts);
  const units = { ...(Object.fromEntries(said) as UnitPrices), ...(byForm ? { byForm } : {}) };
  const batch =
    input === undefined || output === undefined ? undefined : { input: rateOf(input), output: rateOf(output) };
  if (Object.keys(units).length === 0 && !batch) return undefined;
  return { units, ...(batch ? { batch } : {}) };
}

function inPicousd(costs: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(costs).map(([name, cost]) => [name, picousdOf(cost)]));
}

/** What a deployment costs: what the operator says, or else the price list of its provider. */
function pricesBy(prices: PriceBook) {
  const tokenPrice = ({ price, provider, model, baseModel }: Deployment): ModelPrice | undefined => {
    if (price) return price;
    if (provider.kind === 'local') return FREE;
    return provider.priceList === undefined ? undefined : prices(provider.priceList, baseModel ?? model);
  };
  return (deployment: Deployment): ModelPrice | undefined => {
    const { morePrices } = deployment;
    const price = tokenPrice(deployment);
    if (!morePrices) return price;
    const units = { ...price?.units, ...morePrices.units };
    return { ...(price ?? TOKENLESS), ...morePrices, units };
  };
}

const TOKENLESS: ModelPrice = { ...FREE, isTokenless: true };

/** What every model costs that may come to answer a turn, its fallbacks included. */
export function pricesOf({ routing }: Config, names: Catalog, priceOf: ReturnType<typeof pricesBy>) {
  const lists = [routing.fallbacks, routing.contextWindowFallbacks, routing.contentPolicyFallbacks];
  return ({ ask, switches }: Turn): readonly ModelPrice[] => {
    const { model } = ask.head;
    const own = lists.flatMap((list) => (Object.hasOwn(list, model) ? (list[model] ?? []) : []));
    const others = switches.disableFallbacks ? [] : [...(switches.fallbacks ?? own), ...routing.defaultFallbacks];
    return [model, ...others].flatMap((name) => pricesUnder(name, names, priceOf));
  };
}

/** A listed name with what is known of the model it leads to first; the operator's word counts more than ours. */
export function described(listed: ListedModel, names: Catalog, priceOf: ReturnType<typeof pricesBy>): ListedModel {
  let first: Deployment | undefined;
  try {
    [first] = names.deploymentsOf(listed.name);
  } catch {
    return listed; // nobody can ask for it now, but its name stands
  }
  if (!first) return listed;
  const price = priceOf(first);
  const known = knownModel(first.baseModel ?? first.model);
  const contextWindow = price?.contextWindow ?? known.contextWindow;
  const said = Object.fromEntries(Object.entries(first.facts ?? {}).filter(([, value]) => value !== undefined));
  return { ...listed, price, facts: { ...known, contextWindow, ...said } };
}

/** A name that nobody serves costs nothing; routing says what is wrong with it. */
function pricesUnder(name: string, names: Catalog, priceOf: ReturnType<typeof pricesBy>): readonly ModelPrice[] {
  return deploymentsUnder(name, names).flatMap((deployment) => priceOf(deployment) ?? []);
}
