import type { Deployment } from './deployment.ts';

/** Names of models come from callers too, so this many are told apart. */
const NAMES_MAX = 10_000;

/** What makes two deployments the same place to ask. */
type Place = Pick<Deployment, 'provider' | 'model' | 'origin' | 'pathPrefix' | 'key' | 'fields' | 'headers'>;

/**
 * Names deployments: `provider/model`, and `provider/model#2` for the next one of that name at another address or with
 * another key. The same place has the same name in every group; one configuration gives the same names in every replica.
 */
export class DeploymentNames {
  readonly #names = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  of({ provider, model, origin, pathPrefix, key, fields, headers }: Place): string {
    const place = JSON.stringify([provider.id, model, origin, pathPrefix, key, fields, headers]);
    const known = this.#names.get(place);
    if (known !== undefined) return known;
    if (this.#names.size >= NAMES_MAX) {
      this.#names.clear();
      this.#counts.clear();
    }
    const plain = `${provider.id}/${model}`;
    const count = (this.#counts.get(plain) ?? 0) + 1;
    const name = count === 1 ? plain : `${plain}#${count}`;
    this.#counts.set(plain, count);
    this.#names.set(place, name);
    return name;
  }
}
