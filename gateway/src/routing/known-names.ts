import type { Provider } from '../providers/contract.ts';

/** A provider, and its own name for the model. */
export interface Found {
  readonly provider: Provider;
  readonly model: string;
}

/** `provider/model` in its two parts, when the first names a provider. */
export function splitTarget(shelf: readonly Provider[], target: string): Found | undefined {
  const slash = target.indexOf('/');
  const provider = slash > 0 ? called(shelf, target.slice(0, slash)) : undefined;
  return provider && { provider, model: target.slice(slash + 1) };
}

function called(shelf: readonly Provider[], prefix: string): Provider | undefined {
  return (
    shelf.find(({ id }) => id === prefix) ??
    shelf.find((provider) => provider.kind === 'http' && provider.prefixes?.includes(prefix))
  );
}

/** The provider whose address this is. */
export function providerAt(shelf: readonly Provider[], address: string): Provider | undefined {
  const { host } = new URL(address);
  return shelf.find((provider) => provider.kind === 'http' && hostIn(provider.baseUrl) === host);
}

/** A template isn't an address yet. */
function hostIn(baseUrl: string | undefined): string | undefined {
  return baseUrl === undefined || baseUrl.includes('{') ? undefined : new URL(baseUrl).host;
}

/** The provider that a well-known bare name belongs to. */
export function knownBareName(shelf: readonly Provider[], name: string): Found | undefined {
  for (const provider of shelf) {
    if (provider.kind === 'local') continue;
    const alias = provider.aliases && Object.hasOwn(provider.aliases, name) ? provider.aliases[name] : undefined;
    if (alias !== undefined) return { provider, model: alias };
    if (provider.knows?.some((pattern) => pattern.test(name))) return { provider, model: name };
  }
  return undefined;
}

/** The full name that a well-known bare name stands for: `gpt-4o` → `openai/gpt-4o`. Unknown names pass through. */
export function fullModelName(shelf: readonly Provider[], name: string): string {
  if (splitTarget(shelf, name)) return name;
  const found = knownBareName(shelf, name);
  return found ? `${found.provider.id}/${found.model}` : name;
}
