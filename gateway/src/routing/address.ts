import type { Encoded, Loss } from '../dialects/contract.ts';
import { GatewayError } from '../model/error.ts';
import type { DialectId, Origin } from '../model/request.ts';
import type { Turn } from '../model/turn.ts';
import type { UpstreamRequest } from '../model/upstream.ts';
import type { Endpoint, HttpProvider, ParameterRule } from '../providers/contract.ts';
import type { Deployment } from './deployment.ts';
import { withEndpointFields } from './endpoint-fields.ts';
import {
  fitted,
  type Lacking,
  parameterWishes,
  type ParameterWishes,
  rulesOf,
  USAGE_WISH,
  withFields,
  withoutDropped,
} from './parameters.ts';

/** A request as one deployment wants it, and what had to be left out. */
export interface Addressed {
  readonly request: UpstreamRequest;
  readonly endpoint: Endpoint;
  readonly notices: readonly string[];
}

/** A deployment behind HTTP. */
export type HttpDeployment = Deployment & { readonly provider: HttpProvider };

/**
 * Writes the request for a deployment: the caller's own bytes when nothing but named patches changed, else encoded anew.
 * Throws `request.unsupported` for what the target lacks, unless it may be dropped.
 */
export function addressed(asked: Turn, deployment: HttpDeployment, dropParams: boolean): Addressed {
  const { provider, model } = deployment;
  const wishes = parameterWishes(asked, deployment);
  const { turn, found } = withoutDropped(asked, wishes);
  const endpoint = endpointFor(provider, turn.dialect, model);
  const rules = rulesOf(endpoint, deployment.baseModel ?? model, model);
  const written = body(turn, endpoint, nameOf(deployment), rules);
  const { bytes, lacking } = fitted(written.bytes, rules, wishes);
  const { dropped, insisted } = lost(written.losses, lacking, wishes);
  const refused = dropParams ? undefined : dropped.find(({ kind }) => kind === 'parameter');
  if (refused) throw unsupported(provider, refused);
  return {
    request: {
      provider: provider.id,
      method: 'POST',
      origin: deployment.origin,
      path: deployment.pathPrefix + pathOf(endpoint, deployment, turn.ask.head.stream),
      headers: headers(turn, deployment),
      body: withEndpointFields(insisted.length === 0 ? bytes : withFields(bytes, turn, insisted), endpoint),
    },
    endpoint,
    notices: found.length + dropped.length === 0 ? NO_NOTICES : noticesOf(provider, found, dropped),
  };
}

const NO_NOTICES: readonly string[] = [];

function noticesOf({ id }: HttpProvider, found: readonly string[], dropped: readonly Dropped[]): readonly string[] {
  return [
    ...found.map((what) => `dropped ${what}: additional_drop_params`),
    ...dropped.map((one) => `dropped ${one.what}: ${id} ${lackOf(one)}`),
  ];
}

/** What a target isn't sent. */
type Dropped = Lacking & Pick<Loss, 'kind'>;

/** What doesn't reach the target, and what is sent all the same since somebody insists. */
interface Lost {
  readonly dropped: readonly Dropped[];
  readonly insisted: readonly string[];
}

/** Most requests lose nothing. */
const NOTHING_LOST: Lost = { dropped: [], insisted: [] };

/** The parameters first, then what was only a hint. */
function lost(losses: readonly Loss[], lacking: readonly Lacking[], { allowed }: ParameterWishes): Lost {
  if (losses.length + lacking.length === 0) return NOTHING_LOST;
  const own = losses.filter(({ what }) => !allowed.has(what));
  return {
    dropped: [
      ...lacking.map((one): Dropped => ({ ...one, kind: 'parameter' })),
      ...own.filter(({ kind }) => kind === 'parameter'),
      ...own.filter(({ kind }) => kind === 'hint'),
    ],
    insisted: losses.flatMap(({ what }) => (allowed.has(what) ? [what] : [])),
  };
}

function unsupported({ id }: HttpProvider, lost: Lacking): GatewayError {
  const lack = lost.takes
    ? `takes "${lost.what}" for this model only as ${lost.takes.join(' or ')}`
    : `has no parameter "${lost.what}" for this model`;
  const message = `${id} ${lack}. Leave it out, or allow dropping it with drop_params.`;
  return new GatewayError('request.unsupported', message, { param: lost.what });
}

const lackOf = ({ takes }: Lacking): string =>
  takes ? `takes it only as ${takes.join(' or ')}` : 'has no such parameter';

/** The endpoint that speaks the caller's own dialect, else the provider's first one that has the model. */
function endpointFor({ id, chat }: HttpProvider, dialect: DialectId, model: string): Endpoint {
  const [first] = chat;
  if (!first) throw new GatewayError('operation.unsupported', `${id} has no chat.`, { param: 'model' });
  if (first.dialect.id === dialect && !first.models) return first;
  const fitting = chat.filter(({ models }) => !models || models.some((pattern) => pattern.test(model)));
  return (
    fitting.find((endpoint) => endpoint.dialect.id === dialect) ??
    fitting.find(({ models }) => models) ??
    fitting[0] ??
    first
  );
}

function pathOf({ path }: Endpoint, deployment: HttpDeployment, stream: boolean): string {
  return typeof path === 'string' ? path : path({ model: nameOf(deployment), stream, fields: deployment.fields });
}

/** The provider's own name for the model. */
const nameOf = ({ provider, model }: HttpDeployment): string => provider.modelNamed?.(model) ?? model;

function body(
  { ask, ownFields }: Turn,
  { dialect }: Endpoint,
  model: string,
  rules: readonly ParameterRule[],
): Encoded {
  if (ask.origin?.dialect === dialect.id) {
    // A patcher asks for usage by itself, unless told that nobody takes that.
    const asksUsage = !rules.some(({ lacks }) => lacks?.includes(USAGE_WISH));
    const bytes = dialect.patchRequest(ask.origin, { model, cut: asksUsage ? ownFields : [...ownFields, USAGE_WISH] });
    if (bytes) return { bytes, losses: asksUsage ? [] : lostUsageWish(ask.origin) };
  }
  try {
    return dialect.encodeRequest(ask.look(), model);
  } catch (thrown) {
    // A parser reads an abyss of brackets that a writer falls into.
    if (thrown instanceof RangeError) throw new GatewayError('request.invalid', 'The request is nested too deeply.');
    throw thrown;
  }
}

function lostUsageWish({ body: fields }: Origin): readonly Loss[] {
  const wish = fields[USAGE_WISH];
  return wish === undefined || wish === null ? [] : [{ what: USAGE_WISH, kind: 'hint' }];
}

/** Most callers send nothing that is passed on, so the list is made once for each deployment. */
const headersOf = new WeakMap<HttpDeployment, readonly string[]>();

/** The headers that every request of a turn to a deployment has. */
export function headers(turn: Turn, deployment: HttpDeployment): readonly string[] {
  if (deployment.provider.forwards?.some((name) => turn.headers[name] !== undefined))
    return headerList(turn, deployment);
  let list = headersOf.get(deployment);
  if (!list) headersOf.set(deployment, (list = headerList(turn, deployment)));
  return list;
}

/** The same for a body of another kind. What the operator configured wins, however it is spelt. */
export function headerList(
  turn: Turn,
  { provider, key, fields, headers: configured }: HttpDeployment,
  contentType = 'application/json',
): readonly string[] {
  const all: Record<string, string> = {
    'content-type': contentType,
    'accept-encoding': 'identity',
    'user-agent': USER_AGENT,
    ...provider.headers(key, fields),
  };
  for (const name of provider.forwards ?? []) {
    const value = turn.headers[name];
    if (value !== undefined) all[name] = value;
  }
  for (const [name, value] of Object.entries(configured)) all[name.toLowerCase()] = value;
  return Object.entries(all).flat();
}

const USER_AGENT = 'synthlang-proxy';
