import { GatewayError } from '../model/error.ts';
import type { LocalServer } from '../model/local-server.ts';
import type { ModelFacts } from '../model/model-facts.ts';
import type { ModelPrice } from '../model/price.ts';
import { DeploymentNames } from './deployment-names.ts';
import type { FieldValues, HttpProvider, Provider, ProviderField } from '../providers/contract.ts';

/** One place where a model can be asked: who, under which name, with which key. */
export interface Deployment {
  /** Names it among all deployments: the operator's name for it, or `provider/model`, with a number where several have that. */
  readonly id: string;
  readonly provider: Provider;
  /** The name the provider knows the model by. */
  readonly model: string;
  /** The model behind a name that doesn't tell, as Azure's deployments have them. */
  readonly baseModel?: string | undefined;
  readonly key: string | undefined;
  /** What the operator says of the provider besides its key. */
  readonly fields: FieldValues;
  /** Scheme, host and port; empty for a local provider. */
  readonly origin: string;
  /** Path in front of an endpoint's own. */
  readonly pathPrefix: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly weight: number;
  /** Deployments of a lower order are asked first. */
  readonly order: number;
  /** Tags of the requests that it is for. */
  readonly tags?: readonly string[] | undefined;
  /** The model that hears the same, silently. */
  readonly silentModel?: string | undefined;
  /** Where it stands, as the operator says. */
  readonly region?: string | undefined;
  /** What it takes in a minute, as the operator says. */
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
  readonly timeoutMs: number | undefined;
  readonly firstOutputTimeoutMs: number | undefined;
  readonly retriesMax: number | undefined;
  readonly dropParams: boolean | undefined;
  /** Parameters that are never sent to it: names, or paths such as `tools[*].strict`. */
  readonly additionalDropParams?: readonly string[] | undefined;
  /** Parameters that are sent to it, though it is thought to lack them. */
  readonly allowedOpenaiParams?: readonly string[] | undefined;
  /** What the operator says it costs. */
  readonly price?: ModelPrice | undefined;
  /** What holds besides that price, or besides the list's. */
  readonly morePrices?: Pick<ModelPrice, 'units' | 'batch'> | undefined;
  /** What the operator says of the model. */
  readonly facts?: ModelFacts | undefined;
}

/** What the operator says of one provider. */
export interface ProviderSettings {
  readonly key?: string | undefined;
  readonly baseUrl?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly fields?: FieldValues | undefined;
  readonly enabled: boolean;
}

/** One entry of the operator's model list. */
export interface ModelSettings {
  readonly id?: string | undefined;
  readonly name: string;
  readonly target: string;
  readonly baseModel?: string | undefined;
  readonly key?: string | undefined;
  readonly apiBase?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly fields?: FieldValues | undefined;
  readonly weight: number;
  readonly order?: number | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly region?: string | undefined;
  readonly silentModel?: string | undefined;
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
  readonly timeoutMs?: number | undefined;
  readonly firstOutputTimeoutMs?: number | undefined;
  readonly retriesMax?: number | undefined;
  readonly dropParams?: boolean | undefined;
  readonly additionalDropParams?: readonly string[] | undefined;
  readonly allowedOpenaiParams?: readonly string[] | undefined;
  readonly price?: ModelPrice | undefined;
  readonly morePrices?: Pick<ModelPrice, 'units' | 'batch'> | undefined;
  readonly info?: ModelFacts | undefined;
}

/** What deployments are made from, besides the shelf. */
export interface DeploymentSettings {
  readonly providers: Readonly<Record<string, ProviderSettings>>;
  /** Looks a name up in the environment. */
  readonly environment: (name: string) => string | undefined;
  /** The servers that were found on this machine so far. */
  readonly found?: (() => readonly LocalServer[]) | undefined;
}

/** Makes deployments from what the operator says, the environment and the shelf, in that order. */
export class Deployments {
  readonly #settings: DeploymentSettings;
  readonly #names = new DeploymentNames();

  constructor(settings: DeploymentSettings) {
    this.#settings = settings;
  }

  /** What a provider still needs before it can be asked. */
  missing(provider: Provider, entry?: ModelSettings): string | undefined {
    if (provider.kind === 'local') return undefined;
    const given: FieldValues = {
      ...this.#fields(provider, entry),
      key: entry?.key ?? this.#key(provider, entry?.apiBase),
    };
    const unfilled = placesIn(this.#template(provider) ?? '').find((name) => given[name] === undefined);
    if (unfilled !== undefined)
      return notConfigured(`its ${unfilled}`, provider.fields?.[unfilled]?.env[0] ?? unfilled);
    if (this.#template(provider) === undefined)
      return notConfigured('its address', provider.baseUrlEnv[0] ?? 'baseUrl');
    const { signing } = provider;
    if (signing) {
      if (signing.needs.some((names) => names.every((name) => given[name] !== undefined))) return undefined;
      const named = signing.needs[0]?.map((name) => provider.fields?.[name]?.env[0] ?? provider.keyEnv[0] ?? name);
      return `no credentials for it are configured (${named?.join(', ') ?? 'key'})`;
    }
    const needsKey = !provider.keyOptional && given['key'] === undefined;
    return needsKey ? `no key for it is configured (${provider.keyEnv[0] ?? 'key'})` : undefined;
  }

  /** One place to ask `model`; `entry` is what the operator says of it. */
  made(provider: Provider, model: string, entry?: ModelSettings): Deployment {
    const fields = this.#fields(provider, entry);
    const url =
      provider.kind === 'local'
        ? undefined
        : new URL(entry?.apiBase ?? this.#baseUrl(provider, fields) ?? missingBase(provider));
    const place = {
      provider,
      model,
      fields,
      key: provider.kind === 'local' ? undefined : (entry?.key ?? this.#key(provider, entry?.apiBase)),
      origin: url?.origin ?? '',
      pathPrefix: url?.pathname.replace(/\/+$/, '') ?? '',
      headers: { ...this.#headers(provider, entry?.apiBase), ...entry?.headers },
    };
    return {
      ...place,
      id: entry?.id ?? this.#names.of(place),
      baseModel: entry?.baseModel ?? ownName(provider, model),
      tags: entry?.tags,
      region: entry?.region,
      silentModel: entry?.silentModel,
      requestsPerMinute: entry?.requestsPerMinute,
      tokensPerMinute: entry?.tokensPerMinute,
      weight: entry?.weight ?? 1,
      order: entry?.order ?? 0,
      timeoutMs: entry?.timeoutMs,
      firstOutputTimeoutMs: entry?.firstOutputTimeoutMs,
      retriesMax: entry?.retriesMax,
      dropParams: entry?.dropParams,
      additionalDropParams: entry?.additionalDropParams,
      allowedOpenaiParams: entry?.allowedOpenaiParams,
      price: entry?.price,
      morePrices: entry?.morePrices,
      facts: entry?.info,
    };
  }

  #template(provider: HttpProvider): string | undefined {
    const said = this.#fromEnvironment(provider.baseUrlEnv);
    const meant = said === undefined ? undefined : (provider.baseUrlOf?.(said) ?? said);
    return this.#settings.providers[provider.id]?.baseUrl ?? meant ?? provider.baseUrl ?? this.#found(provider);
  }

  /** Where a provider is, as far as that is known without looking for it. */
  addressOf(provider: HttpProvider): string | undefined {
    return this.#baseUrl(provider);
  }

  /** The key that goes to that address. */
  keyOf(provider: HttpProvider): string | undefined {
    return this.#key(provider);
  }

  #found({ id }: HttpProvider): string | undefined {
    return this.#settings.found?.().find(({ provider }) => provider === id)?.baseUrl;
  }

  #baseUrl(provider: HttpProvider, fields: FieldValues = this.#fields(provider)): string | undefined {
    const said = this.#template(provider);
    const template = (said === provider.baseUrl ? provider.baseUrlFor?.(fields) : undefined) ?? said;
    if (template === undefined || placesIn(template).some((name) => fields[name] === undefined)) return undefined;
    return template.replace(PLACE, (_, name: string) => fields[name] ?? '');
  }

  #fields(provider: Provider, entry?: ModelSettings): FieldValues {
    if (provider.kind === 'local' || !provider.fields) return NO_FIELDS;
    const isElsewhere = entry?.apiBase !== undefined && entry.apiBase !== this.#template(provider);
    const own = this.#settings.providers[provider.id]?.fields;
    const valueOf = (name: string, { env, secret, default: usual }: ProviderField) =>
      entry?.fields?.[name] ??
      (secret && isElsewhere ? undefined : (own?.[name] ?? this.#fromEnvironment(env) ?? usual));
    return Object.fromEntries(Object.entries(provider.fields).map(([name, field]) => [name, valueOf(name, field)]));
  }

  /** Headers may sign too, so they go where the key goes. */
  #headers(provider: Provider, apiBase?: string): Readonly<Record<string, string>> | undefined {
    const isElsewhere = apiBase !== undefined && provider.kind === 'http' && apiBase !== this.#baseUrl(provider);
    return isElsewhere ? undefined : this.#settings.providers[provider.id]?.headers;
  }

  /** A provider's own key is never sent to an address that somebody else's entry names. */
  #key(provider: HttpProvider, apiBase?: string): string | undefined {
    if (apiBase !== undefined && apiBase !== this.#baseUrl(provider)) return undefined;
    return this.#settings.providers[provider.id]?.key ?? this.#fromEnvironment(provider.keyEnv);
  }

  #fromEnvironment(names: readonly string[]): string | undefined {
    return names.map(this.#settings.environment).find((value) => value !== undefined && value !== '');
  }
}

/** A field's name in an address: `{region}`. */
const PLACE = /\{([a-zA-Z]{1,64})\}/g;
const NO_FIELDS: FieldValues = {};

function placesIn(template: string): readonly string[] {
  return [...template.matchAll(PLACE)].map(([, name]) => name ?? '');
}

function notConfigured(what: string, name: string): string {
  return `${what} is not configured (${name})`;
}

function missingBase(provider: HttpProvider): never {
  throw new GatewayError('model.unknown', `${provider.id} has no address; give its model an apiBase.`);
}

/** What a provider calls a model, where it is asked for by a longer name. */
function ownName(provider: Provider, model: string): string | undefined {
  const own = provider.kind === 'http' ? provider.modelNamed?.(model) : undefined;
  return own === model ? undefined : own;
}
