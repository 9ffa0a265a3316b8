import { may } from '../access/roles.ts';
import { GatewayError } from '../model/error.ts';
import type { Caller } from '../model/turn.ts';
import {
  type AuditRow,
  FullError,
  type PromptLimits,
  type PromptStore,
  type PromptSummary,
  type PromptVersion,
} from '../stores/contract.ts';

/** How a caller names a prompt, or a version of it. */
export interface PromptName {
  readonly name: string;
  readonly version?: number | undefined;
  /** Whose; only admins look at those of others. */
  readonly owner?: string | undefined;
}

/** What looking after prompts needs. */
export interface PromptDeskPorts {
  readonly prompts: PromptStore;
  readonly limits: () => PromptLimits;
  readonly nowMs: () => number;
  readonly newId: () => string;
}

/** Looks after saved prompts: everybody has names of its own, and nobody but admins touches those of others. */
export class PromptDesk {
  readonly #ports: PromptDeskPorts;

  constructor(ports: PromptDeskPorts) {
    this.#ports = ports;
  }

  /** Saves another version of a prompt of the caller's own. */
  async save(
    { name, prompt, metadata }: Pick<PromptVersion, 'name' | 'prompt' | 'metadata'>,
    caller: Caller,
  ): Promise<PromptVersion> {
    const { prompts, limits, nowMs, newId } = this.#ports;
    const draft = { id: newId(), owner: ownerOf(caller), name, prompt, metadata, createdAt: nowMs() };
    try {
      return await prompts.save(draft, limits());
    } catch (thrown) {
      if (!(thrown instanceof FullError)) throw thrown;
      const message = `There are ${thrown.message} already, which is as many as may be kept; delete some first.`;
      throw new GatewayError('record.full', message, { param: 'name', cause: thrown });
    }
  }

  async load(wanted: PromptName, caller: Caller): Promise<PromptVersion> {
    const { version, name } = wanted;
    const target = { owner: await this.#ownerOf(wanted, caller), name, version };
    return (await this.#ports.prompts.load(target)) ?? missing(wanted);
  }

  /** The caller's own prompts; an admin gets those of all, or of one owner. */
  list(
    { owner, ...page }: { readonly owner?: string | undefined; readonly offset: number; readonly limit: number },
    caller: Caller,
  ): Promise<{ readonly prompts: readonly PromptSummary[]; readonly total: number }> {
    const isAdmin = may(caller, 'prompts.of-others');
    const own = ownerOf(caller);
    if (!isAdmin && owner !== undefined && owner !== own) throw forbidden();
    return this.#ports.prompts.list({ ...page, owner: isAdmin ? owner : own });
  }

  async remove(wanted: PromptName, caller: Caller): Promise<number> {
    const { version, name } = wanted;
    const owner = await this.#ownerOf(wanted, caller);
    const newest = (await this.#ports.prompts.load({ owner, name })) ?? missing({ name });
    // Its number would be given once more, to something else.
    if (newest.version === version)
      throw new GatewayError('request.invalid', 'The newest version goes only with all the others.', {
        param: 'prompt_version',
      });
    const count = await this.#ports.prompts.remove({ owner, name, version }, this.#audit(newest, version, caller));
    return count > 0 ? count : missing(wanted);
  }

  /** What admins do to the prompts of others is written down. */
  #audit({ id, owner, name }: PromptVersion, version: number | undefined, caller: Caller): readonly AuditRow[] {
    if (owner === ownerOf(caller)) return [];
    const { newId, nowMs } = this.#ports;
    const before = { owner, name, ...(version === undefined ? {} : { version }) };
    const act = { actor: caller.keyId, action: 'prompt.delete', target: id, before, after: undefined };
    return [{ id: newId(), at: nowMs(), ...act }];
  }

  /** Whose prompt is meant. One's own comes first; those of others are there for admins, and forbidden to all else. */
  async #ownerOf({ name, owner }: PromptName, caller: Caller): Promise<string> {
    const own = ownerOf(caller);
    const isAdmin = may(caller, 'prompts.of-others');
    if (owner !== undefined) {
      if (owner !== own && !isAdmin) throw forbidden();
      return owner;
    }
    if (await this.#ports.prompts.load({ owner: own, name })) return own;
    const { prompts } = await this.#ports.prompts.list({ name, offset: 0, limit: 2 });
    const [only, ...more] = prompts;
    if (!only) return missing({ name });
    if (!isAdmin) throw forbidden();
    if (more.length === 0) return only.owner;
    throw new GatewayError('request.invalid', 'Several people have a prompt of this name; say whose in "owner".', {
      param: 'owner',
    });
  }
}

/** A person has the same prompts with all of its keys; a key that is nobody's has its own. */
export function ownerOf({ userId, keyId }: Caller): string {
  return userId === undefined ? `key:${keyId}` : `user:${userId}`;
}

function forbidden(): GatewayError {
  return new GatewayError('key.forbidden', 'This prompt belongs to somebody else.', { param: 'name' });
}

function missing({ name, version }: PromptName): never {
  const which = version === undefined ? `prompt "${name}"` : `version ${version} of a prompt "${name}"`;
  throw new GatewayError('record.unknown', `There is no ${which}.`, { param: 'name' });
}
