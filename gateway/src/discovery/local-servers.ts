import type { LocalServer } from '../model/local-server.ts';
import type { HttpProvider, LocalSign, Provider } from '../providers/contract.ts';
import { modelsIn } from './model-list.ts';
import { Deployments, type DeploymentSettings } from '../routing/deployment.ts';

/** Gets the JSON at an address. Rejects for anything else, and soon where nothing answers. */
export type AskLocal = (url: URL, headers: Readonly<Record<string, string>>) => Promise<unknown>;

/** Where and how to look. */
export interface LocalSearch extends DeploymentSettings {
  readonly ask: AskLocal;
  /** Where this gateway itself listens, which is no server to be found. */
  readonly own: URL;
}

/** How long a server may take to say what it has. One of this machine takes milliseconds. */
export const LOCAL_ANSWER_MS = 1000;
/** Most bytes of a list of models. */
export const LOCAL_LIST_BYTES_MAX = 1_048_576;
const MODELS_MAX = 1000;
const NAME_CHARS_MAX = 256;

/** Asks all servers that people run on their own machines for their models, at once; those that don’t answer are not there. */
export async function localServers(shelf: readonly Provider[], search: LocalSearch): Promise<readonly LocalServer[]> {
  const deployments = new Deployments(search);
  const looked = shelf.map(async (provider): Promise<LocalServer | undefined> => {
    const isUsed = search.providers[provider.id]?.enabled ?? true;
    if (provider.kind === 'local' || !provider.local || !isUsed) return undefined;
    return lookedAt(provider, provider.local, { search, deployments });
  });
  return (await Promise.all(looked)).filter((server) => server !== undefined);
}

/** The settings that say whether anybody looks. */
export interface LookSettings {
  readonly models: readonly unknown[];
  readonly routing: { readonly findLocalServers: boolean; readonly multiProvider: boolean };
}

/** Whether a gateway looks for servers: not where the operator has said what there is. */
export function looksAround({ models, routing }: LookSettings): boolean {
  return routing.findLocalServers && routing.multiProvider && models.length === 0;
}

/** What people call the servers that are looked for. */
export function localNames(shelf: readonly Provider[]): readonly string[] {
  return shelf.flatMap((provider) => (provider.kind === 'http' && provider.local ? provider.local.name : []));
}

async function lookedAt(
  provider: HttpProvider,
  sign: LocalSign,
  { search, deployments }: { readonly search: LocalSearch; readonly deployments: Deployments },
): Promise<LocalServer | undefined> {
  const { name, baseUrl: usual, list } = sign;
  const said = deployments.addressOf(provider);
  const baseUrl = (said ?? usual).replace(/\/$/, '');
  // What happens to listen on a usual port isn’t shown a key that was meant for somebody else.
  const key = said === undefined || said === usual ? undefined : deployments.keyOf(provider);
  try {
    const url = new URL(baseUrl + list);
    if (isSame(url, search.own)) return undefined;
    const models = modelsIn(await search.ask(url, provider.headers(key, {})), sign);
    const isName = (model: string): boolean => model !== '' && model.length <= NAME_CHARS_MAX;
    return models && { name, provider: provider.id, baseUrl, models: models.filter(isName).slice(0, MODELS_MAX) };
  } catch {
    return undefined;
  }
}

function isSame(one: URL, other: URL): boolean {
  return one.port === other.port && isHere(one.hostname) && isHere(other.hostname);
}

function isHere(host: string): boolean {
  return ['localhost', '[::1]', '[::]', '0.0.0.0'].includes(host) || /^127(?:\.\d{1,3}){3}$/.test(host);
}
