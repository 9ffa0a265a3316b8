import { GatewayError } from '../model/error.ts';
import type { LocalServer } from '../model/local-server.ts';
import type { ModelFacts } from '../model/model-facts.ts';
import type { ModelPrice } from '../model/price.ts';
import type { Provider } from '../providers/contract.ts';
import { type Deployment, Deployments, type ModelSettings, type ProviderSettings } from './deployment.ts';
import { type Found, knownBareName, providerAt, splitTarget } from './known-names.ts';

/** All that decides which names exist and where they lead. */
export interface CatalogSettings {
  readonly models: readonly ModelSettings[];
  readonly providers: Readonly<Record<string, ProviderSettings>>;
  readonly aliases: Readonly<Record<string, string>>;
  /** Those of them that aren't listed. */
  readonly hiddenAliases?: readonly string[];
  readonly defaultProvider?: string | undefined;
  /** `false`: every name goes unchanged to the first provider of the shelf, as a plain proxy of it. */
  readonly multiProvider: boolean;
  /** Looks a name up in the environment. */
  readonly environment: (name: string) => string | undefined;
  /** The servers that were found on this machine so far. */
  readonly found?: (() => readonly LocalServer[]) | undefined;
}

/** Which names can be asked for. */
export interface Catalog {
  /** Where a name leads. Throws `model.unknown` and says why. */
  readonly deploymentsOf: (name: string) => readonly Deployment[];
  /** Names worth showing to a caller, without patterns. */
  readonly names: () => readonly ListedModel[];
}

/** A name as the list of models shows it. */
export interface ListedModel {
  readonly name: string;
  readonly provider: string;
  readonly facts?: ModelFacts | undefined;
  readonly price?: ModelPrice | undefined;
}

/** Reads the shelf of providers and the operator's wishes into a table of names. */
export function catalog(shelf: readonly Provider[], settings: CatalogSettings): Catalog {
  const groups = new Map<string, Listed[]>();
  const patterns: { readonly pattern: RegExp; readonly entry: ModelSettings }[] = [];
  const resolver = new Resolver(shelf, settings);
  for (const provider of shelf)
    refuseUnknownFields(provider, settings.providers[provider.id], `provider "${provider.id}"`);
  for (const entry of settings.models) {
    if (entry.name.includes('*')) patterns.push({ pattern: wildcard(entry.name), entry });
    else groups.set(entry.name, [...(groups.get(entry.name) ?? []), resolver.configured(entry, entry.target)]);
  }
  patterns.sort((a, b) => b.entry.name.length - a.entry.name.length); // the most specific first

  const configured = (name: string): readonly Listed[] | undefined => {
    const group = groups.get(name);
    if (group) return group;
    const best = patterns.find(({ pattern }) => pattern.test(name));
    if (!best) return undefined;
    const same = patterns.filter(({ entry }) => entry.name === best.entry.name);
    return same.map(({ pattern, entry }) => resolver.configured(entry, filledIn(entry.target, pattern, name)));
  };

  return {
    deploymentsOf: remembered((asked) => {
      const name = Object.hasOwn(settings.aliases, asked) ? (settings.aliases[asked] ?? asked) : asked;
      const group = configured(name);
      return group ? signed(name, group) : [resolver.open(name)];
    }),
    names: () => [
      ...[...groups].map(([name, [first]]) => ({ name, provider: first?.deployment.provider.id ?? '' })),
      ...Object.keys(settings.aliases)
        .filter((name) => settings.hiddenAliases?.includes(name) !== true)
        .map((name) => ({ name, provider: 'alias' })),
      ...resolver.openNames(),
    ],
  };
}

/** Where a name leads doesn't change, and looking it up costs more than anything else in a plan. */
function remembered(find: Catalog['deploymentsOf']): Catalog['deploymentsOf'] {
  const known = new Map<string, readonly Deployment[]>();
  return (name) => {
    let found = known.get(name);
    if (found) return found;
    found = find(name);
    if (known.size >= REMEMBERED_NAMES_MAX) known.clear(); // names come from callers
    known.set(name, found);
    return found;
  };
}

const REMEMBERED_NAMES_MAX = 1000;

/** A deployment of the operator's list, and what it still needs before it can be asked. */
interface Listed {
  readonly deployment: Deployment;
  readonly missing: string | undefined;
}

/** Those that can be asked. A provider asked without its key would refuse with a 401 that reads as if the caller's were wrong. */
function signed(name: string, group: readonly Listed[]): readonly Deployment[] {
  const ready = group.filter(({ missing }) => missing === undefined).map(({ deployment }) => deployment);
  const [first] = group;
  if (ready.length > 0 || !first) return ready;
  throw notReady(name, first.deployment.provider, first.missing ?? '');
}

function notReady(name: string, { id }: Provider, missing: string): GatewayError {
  return new GatewayError('model.unknown', `The model "${name}" belongs to ${id}, but ${missing}.`, { param: 'model' });
}

/** A field that nobody reads is a mistake of the operator's, and may be a key that is missing then. */
function refuseUnknownFields(
  provider: Provider,
  settings: Pick<ModelSettings, 'fields'> | undefined,
  where: string,
): void {
  const known = Object.keys((provider.kind === 'http' ? provider.fields : undefined) ?? {});
  const unknown = Object.keys(settings?.fields ?? {}).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const others = known.length > 0 ? `only ${known.join(', ')}` : 'none';
  throw new GatewayError(
    'model.unknown',
    `The field "${unknown}" of ${where} is none that ${provider.id} has; it has ${others}.`,
  );
}

/** Finds the provider of a name, and what is needed to ask it. */
class Resolver {
  readonly #shelf: readonly Provider[];
  readonly #settings: CatalogSettings;
  readonly #deployments: Deployments;

  constructor(shelf: readonly Provider[], settings: CatalogSettings) {
    this.#shelf = shelf;
    this.#settings = settings;
    this.#deployments = new Deployments(settings);
  }

  configured(entry: ModelSettings, target: string): Listed {
    const found = splitTarget(this.#shelf, target) ?? this.#at(entry, target) ?? knownBareName(this.#shelf, target);
    if (!found)
      throw new GatewayError('model.unknown', `The target "${target}" of model "${entry.name}" names no provider.`);
    refuseUnknownFields(found.provider, entry, `model "${entry.name}"`);
    const deployment = this.#deployments.made(found.provider, found.model, entry);
    // A server of the operator's own may need no key, and headers may sign as well.
    const signsItself = entry.apiBase !== undefined || deployment.key !== undefined || hasFields(deployment.headers);
    return { deployment, missing: signsItself ? undefined : this.#deployments.missing(found.provider, entry) };
  }

  /** A model without a provider's name, at the address of one. */
  #at({ apiBase }: ModelSettings, model: string): Found | undefined {
    const provider = apiBase === undefined ? undefined : providerAt(this.#shelf, apiBase);
    return provider && { provider, model };
  }

  /** A name that the operator didn't list: `provider/model`, a well-known bare name, or the default provider's. */
  open(name: string): Deployment {
    const found = this.#find(name);
    if (!found) {
      throw new GatewayError(
        'model.unknown',
        `The model "${name}" is not known here. GET /v1/models lists the ones that are.`,
        { param: 'model' },
      );
    }
    const missing = this.#deployments.missing(found.provider);
    if (missing !== undefined) throw notReady(name, found.provider, missing);
    return this.#deployments.made(found.provider, found.model);
  }

  openNames(): readonly ListedModel[] {
    return this.#shelf
      .filter((provider) => this.#isOpen(provider) && !this.#deployments.missing(provider))
      .flatMap((provider) =>
        this.#modelsOf(provider).map((model) => ({ name: `${provider.id}/${model}`, provider: provider.id })),
      );
  }

  #modelsOf({ id, models = [] }: Provider): readonly string[] {
    const found = this.#settings.found?.().find(({ provider }) => provider === id)?.models ?? [];
    return [...new Set([...models, ...found])];
  }

  #find(name: string): Found | undefined {
    const first = this.#shelf[0];
    const found = splitTarget(this.#shelf, name) ?? knownBareName(this.#shelf, name);
    if (!this.#settings.multiProvider && first && found?.provider.kind !== 'local') {
      return { provider: first, model: name };
    }
    if (found && this.#isOpen(found.provider)) return found;
    const fallback = this.#shelf.find(({ id }) => id === this.#settings.defaultProvider);
    return fallback && { provider: fallback, model: name };
  }

  /** With a model list of the operator's, only what is on it may be asked, save for providers named expressly. */
  #isOpen(provider: Provider): boolean {
    if (provider.kind === 'local') return true;
    const own = this.#settings.providers[provider.id];
    if (own) return own.enabled;
    return this.#settings.models.length === 0 || !this.#settings.multiProvider;
  }
}

function hasFields(record: object): boolean {
  return Object.keys(record).length > 0;
}

function wildcard(name: string): RegExp {
  const escaped = name.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('(.*)')}$`);
}

/** Each `*` of the target takes what the same `*` of the name matched. */
function filledIn(target: string, pattern: RegExp, name: string): string {
  const matched = pattern.exec(name)?.slice(1) ?? [];
  let at = 0;
  return target.replace(/\*/g, () => matched[at++] ?? '');
}
