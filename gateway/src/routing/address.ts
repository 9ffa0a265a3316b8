import type { Encoded, Loss } from '../dialects/contract.ts';
import { GatewayError } from '../model/error.ts';
import type { DialectId } from '../model/request.ts';
import type { Turn } from '../model/turn.ts';
import type { UpstreamRequest } from '../model/upstream.ts';
import type { Endpoint, HttpProvider } from '../providers/contract.ts';
import type { Deployment } from './deployment.ts';

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
export function addressed(turn: Turn, deployment: HttpDeployment, dropParams: boolean): Addressed {
  const { provider, model } = deployment;
  const endpoint = endpointFor(provider, turn.dialect, model);
  const lacking = lackingFields(turn, endpoint);
  const { bytes, losses } = body(turn, endpoint, model, lacking);
  const parameters = [...lacking.map((what): Loss => ({ what, kind: 'parameter' })), ...losses].filter(
    ({ kind }) => kind === 'parameter',
  );
  const [first] = parameters;
  if (first && !dropParams) {
    throw new GatewayError(
      'request.unsupported',
      `${provider.id} has no parameter "${first.what}" for this model. Leave it out, or allow dropping it with drop_params.`,
      {
        param: first.what,
      },
    );
  }
  const dropped = [...parameters, ...losses.filter(({ kind }) => kind === 'hint')];
  return {
    request: {
      provider: provider.id,
      method: 'POST',
      origin: deployment.origin,
      path: deployment.pathPrefix + pathOf(endpoint, deployment, turn.ask.head.stream),
      headers: headers(turn, deployment),
      body: bytes,
    },
    endpoint,
    notices: dropped.map(({ what }) => `dropped ${what}: ${provider.id} has no such parameter`),
  };
}

/** The endpoint that speaks the caller's own dialect, else the provider's first one that has the model. */
function endpointFor({ chat }: HttpProvider, dialect: DialectId, model: string): Endpoint {
  const [first] = chat;
  if (first.dialect.id === dialect && !first.models) return first;
  const fitting = chat.filter(({ models }) => !models || models.some((pattern) => pattern.test(model)));
  return (
    fitting.find((endpoint) => endpoint.dialect.id === dialect) ??
    fitting.find(({ models }) => models) ??
    fitting[0] ??
    first
  );
}

function pathOf({ path }: Endpoint, { model, fields }: HttpDeployment, stream: boolean): string {
  return typeof path === 'string' ? path : path({ model, stream, fields });
}

function lackingFields({ ask, dialect }: Turn, endpoint: Endpoint): readonly string[] {
  const { lacks } = endpoint;
  if (!lacks || !ask.origin || endpoint.dialect.id !== dialect) return [];
  const { body: fields } = ask.origin;
  return lacks.filter((field) => fields[field] !== undefined && fields[field] !== null);
}

function body({ ask, ownFields }: Turn, { dialect }: Endpoint, model: string, lacking: readonly string[]): Encoded {
  if (ask.origin?.dialect === dialect.id) {
    const cut = lacking.length === 0 ? ownFields : [...ownFields, ...lacking];
    const bytes = dialect.patchRequest(ask.origin, { model, cut });
    if (bytes) return { bytes, losses: [] };
  }
  try {
    return dialect.encodeRequest(ask.look(), model);
  } catch (thrown) {
    // A parser reads an abyss of brackets that a writer falls into.
    if (thrown instanceof RangeError) throw new GatewayError('request.invalid', 'The request is nested too deeply.');
    throw thrown;
  }
}

/** Most callers send nothing that is passed on, so the list is made once for each deployment. */
const headersOf = new WeakMap<HttpDeployment, readonly string[]>();

function headers(turn: Turn, deployment: HttpDeployment): readonly string[] {
  if (deployment.provider.forwards?.some((name) => turn.headers[name] !== undefined))
    return headerList(turn, deployment);
  let list = headersOf.get(deployment);
  if (!list) headersOf.set(deployment, (list = headerList(turn, deployment)));
  return list;
}

/** What the operator configured wins, however it is spelt. */
function headerList(turn: Turn, { provider, key, fields, headers: configured }: HttpDeployment): readonly string[] {
  const all: Record<string, string> = {
    'content-type': 'application/json',
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
