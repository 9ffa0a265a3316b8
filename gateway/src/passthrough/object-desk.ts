import { GatewayError, refusedField } from '../model/error.ts';
import type { JsonObject } from '../dialects/json-object.ts';
import type { UpstreamResponse } from '../model/upstream.ts';
import type { Trail } from '../pipeline/trail.ts';
import type { HttpDeployment } from '../routing/address.ts';
import type { ObjectStore, OwnedObject } from '../stores/contract.ts';
import type { BatchBills } from './batch-bills.ts';
import type { Passage } from './passage.ts';
import { accepted, asked, type StraightRequest } from './straight.ts';
import { jsonIn, wholeBody } from './text-desk.ts';

/** Where files and batches lie, and who knows whose they are. */
export interface ObjectPorts {
  readonly objects: ObjectStore;
  readonly deployment: HttpDeployment;
  readonly passage: Passage;
  /** Charges batches to whoever made them. */
  readonly bills: BatchBills;
}

/** What is asked of objects of one kind. */
export interface ObjectQuery {
  readonly limit: string | null;
  readonly after: string | null;
  readonly purpose: string | null;
}

type Kind = OwnedObject['kind'];

const ID = /^[A-Za-z0-9_-]{1,128}$/;
const LIST_MAX = 100;
const LIST_USUAL = 20;
/** So many are asked after at one time. */
const AT_ONCE = 8;
const OPERATION = { file: 'files', batch: 'batches' } as const;
/** Files that a batch makes belong to whoever made the batch. */
const MADE_BY_BATCHES = ['output_file_id', 'error_file_id'] as const;

/** Files and batches of one provider, each for the key that made it; for everybody else it isn't there. */
export class ObjectDesk {
  readonly #ports: ObjectPorts;

  constructor(ports: ObjectPorts) {
    this.#ports = ports;
  }

  /** Uploads a file, or begins a batch. */
  async create(trail: Trail, kind: Kind, request: Omit<StraightRequest, 'method' | 'path'>): Promise<Buffer> {
    const { bytes, json } = await this.#json(trail, { ...request, method: 'POST', path: this.#path(kind) });
    const { id } = json;
    if (typeof id !== 'string' || !ID.test(id))
      throw new GatewayError('upstream.bad-response', 'The provider made something without an id.');
    await this.#keep(trail, kind, id);
    return bytes;
  }

  /** One object as it is now. */
  async show(trail: Trail, kind: Kind, id: string): Promise<Buffer> {
    const { bytes, json } = await this.#json(trail, { method: 'GET', path: await this.#own(trail, kind, id) });
    await this.#keepMade(trail, kind, json);
    await this.#billed(trail, kind, json);
    return bytes;
  }

  /** What is in a file. */
  async content(trail: Trail, id: string): Promise<UpstreamResponse> {
    const { deployment, passage } = this.#ports;
    const path = `${await this.#own(trail, 'file', id)}/content`;
    return accepted(await asked(trail, deployment, { method: 'GET', path }, passage), deployment, passage);
  }

  async remove(trail: Trail, kind: Kind, id: string): Promise<Buffer> {
    const { bytes } = await this.#json(trail, { method: 'DELETE', path: await this.#own(trail, kind, id) });
    await this.#ports.objects.remove(id);
    return bytes;
  }

  async cancel(trail: Trail, id: string): Promise<Buffer> {
    const path = `${await this.#own(trail, 'batch', id)}/cancel`;
    const { bytes, json } = await this.#json(trail, { method: 'POST', path });
    await this.#keepMade(trail, 'batch', json);
    await this.#billed(trail, 'batch', json);
    return bytes;
  }

  /** The caller's own, newest first, each as it is now. Those that the provider has forgotten are left out. */
  async list(trail: Trail, kind: Kind, query: ObjectQuery): Promise<Buffer> {
    const limit = limitIn(query.limit);
    const after = query.after === null ? undefined : await this.#found(trail, kind, query.after);
    const { keyId } = trail.turn.caller;
    const rows = await this.#ports.objects.list({ keyId, kind, after, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    const found: JsonObject[] = [];
    for (let at = 0; at < shown.length; at += AT_ONCE) {
      const some = await Promise.all(shown.slice(at, at + AT_ONCE).map(({ id }) => this.#present(trail, kind, id)));
      found.push(...some.filter((json) => json !== undefined));
    }
    const data = found.filter(({ purpose }) => query.purpose === null || purpose === query.purpose);
    const [first_id = null, last_id = null] = [shown[0]?.id, shown.at(-1)?.id];
    return Buffer.from(JSON.stringify({ object: 'list', data, first_id, last_id, has_more: rows.length > limit }));
  }

  /** Throws `record.unknown` unless the caller made the file. */
  async requireOwn(trail: Trail, fileId: unknown): Promise<void> {
    if (typeof fileId !== 'string') throw refusedField('input_file_id', 'must be the id of a file');
    await this.#found(trail, 'file', fileId);
  }

  async #present(trail: Trail, kind: Kind, id: string): Promise<JsonObject | undefined> {
    try {
      const { json } = await this.#json(trail, { method: 'GET', path: `${this.#path(kind)}/${id}` });
      await this.#keepMade(trail, kind, json);
      await this.#billed(trail, kind, json);
      return json;
    } catch (thrown) {
      if (thrown instanceof GatewayError && thrown.code === 'upstream.not-found') return undefined;
      throw thrown;
    }
  }

  async #own(trail: Trail, kind: Kind, id: string): Promise<string> {
    await this.#found(trail, kind, id);
    return `${this.#path(kind)}/${id}`;
  }

  async #found(trail: Trail, kind: Kind, id: string): Promise<OwnedObject> {
    const { objects, deployment } = this.#ports;
    const found = ID.test(id) ? await objects.find(id) : undefined;
    const isOwn = found?.keyId === trail.turn.caller.keyId && found.provider === deployment.provider.id;
    if (found && isOwn && found.kind === kind) return found;
    throw new GatewayError('record.unknown', `There is no such ${kind}.`);
  }

  async #keep(trail: Trail, kind: Kind, id: string): Promise<void> {
    const { objects, deployment, passage } = this.#ports;
    const { keyId } = trail.turn.caller;
    try {
      await objects.add({ id, kind, keyId, provider: deployment.provider.id, createdAt: passage.ports.nowMs() });
    } catch (thrown) {
      throw new GatewayError('store.failed', `Whose the ${kind} is could not be written down.`, { cause: thrown });
    }
  }

  async #keepMade(trail: Trail, kind: Kind, json: JsonObject): Promise<void> {
    if (kind !== 'batch') return;
    for (const field of MADE_BY_BATCHES) {
      const id = json[field];
      if (typeof id === 'string' && ID.test(id)) await this.#keep(trail, 'file', id);
    }
  }

  async #billed(trail: Trail, kind: Kind, json: JsonObject): Promise<void> {
    if (kind === 'batch') await this.#ports.bills.charge(trail, this.#ports.deployment, json);
  }

  #path(kind: Kind): string {
    const { pathPrefix, provider } = this.#ports.deployment;
    const path = provider.operations?.[OPERATION[kind]]?.path;
    if (typeof path === 'string') return pathPrefix + path;
    throw new GatewayError('operation.unsupported', `${provider.id} has no ${OPERATION[kind]}.`);
  }

  async #json(trail: Trail, request: StraightRequest): Promise<{ readonly bytes: Buffer; readonly json: JsonObject }> {
    const { deployment, passage } = this.#ports;
    const response = await accepted(await asked(trail, deployment, request, passage), deployment, passage);
    const { id } = deployment.provider;
    const bytes = await wholeBody(response.body, passage.settings.frameLimits.jsonBytesMax, id);
    return { bytes, json: jsonIn(bytes, id) };
  }
}

function limitIn(text: string | null): number {
  if (text === null) return LIST_USUAL;
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit < 1) throw refusedField('limit', 'must be a whole number from 1 on');
  return Math.min(limit, LIST_MAX);
}
