import { isObject, type JsonObject } from '../dialects/json-object.ts';
import { GatewayError } from '../model/error.ts';
import type { ChatReply } from '../model/fold.ts';
import type { ChatRequest } from '../model/request.ts';
import type { Caller, Turn } from '../model/turn.ts';
import { itemsOf, messagesOf, responseOf, withTexts } from './response-items.ts';
import type { ResponseKeeper } from './response-keeper.ts';
import type { KeptResponse } from './response-shelf.ts';

/** What the book needs of the world. */
export interface ResponseBookPorts {
  readonly keeper: ResponseKeeper;
  readonly nowMs: () => number;
  /** A text of a turn as it may be kept. */
  readonly fitToKeep: (text: string, turn: Turn) => string;
}

/** What was said in one turn, as a model would hear it. */
export interface SaidTurn {
  readonly turn: Turn;
  readonly request: ChatRequest;
  readonly reply: ChatReply;
  /** Unix time in milliseconds. */
  readonly askedAtMs: number;
}

const PREVIOUS = 'previous_response_id';
const CONVERSATION = 'conversation';

/** Responses that are kept for the keys that asked for them. */
export class ResponseBook {
  readonly #ttlMs: number;
  readonly #ports: ResponseBookPorts;

  constructor(ttlMs: number, ports: ResponseBookPorts) {
    this.#ttlMs = ttlMs;
    this.#ports = ports;
  }

  /** Keeps a response, masked as its turn demands. */
  keep({ turn, request, reply, askedAtMs }: SaidTurn): void {
    if (reply.id === '') return;
    const fit = (value: unknown): string =>
      JSON.stringify(withTexts(value, (text) => this.#ports.fitToKeep(text, turn)));
    const previous = request.extra?.fields[PREVIOUS] ?? null;
    const options = { model: turn.ask.head.model, nowSeconds: Math.floor(askedAtMs / 1000) };
    const response = { ...responseOf(reply, options), [PREVIOUS]: previous, store: true };
    const now = this.#ports.nowMs();
    this.#ports.keeper.add({
      id: reply.id,
      keyId: turn.caller.keyId,
      response: fit(response),
      input: fit(itemsOf(request)),
      createdAtMs: now,
      expiresAtMs: now + this.#ttlMs,
    });
  }

  /**
   * The request with the conversation that it goes on from; `undefined` where only its provider can know that one. All keys
   * share the account there, so only an admin may go on from what nobody here has kept. Rejects with `record.unknown`.
   */
  async resumed(request: ChatRequest, { keyId, role }: Caller): Promise<ChatRequest | undefined> {
    const { extra, messages } = request;
    if (!extra) return undefined;
    if ((extra.fields[CONVERSATION] ?? null) !== null && role !== 'admin') throw unknown(CONVERSATION);
    const id = extra.fields[PREVIOUS];
    if (typeof id !== 'string') return undefined;
    const found = await this.#ports.keeper.find(id, keyId);
    if (found === undefined && role === 'admin') return undefined;
    if (typeof found !== 'object') throw unknown(PREVIOUS);
    const { [PREVIOUS]: _previous, ...fields } = extra.fields;
    const isInstructions = ({ role, extra: own }: (typeof messages)[number]): boolean =>
      role === 'system' && own?.spelling?.['place'] === 'instructions';
    const before = messagesOf([...inputOf(found), ...outputOf(found)]);
    return {
      ...request,
      messages: [
        ...messages.filter(isInstructions),
        ...before,
        ...messages.filter((message) => !isInstructions(message)),
      ],
      extra: { ...extra, fields },
    };
  }

  /** A response as it was said. Rejects with `record.unknown`. */
  async show(id: string, { keyId }: Caller): Promise<JsonObject> {
    return JSON.parse((await this.#own(id, keyId)).response) as JsonObject;
  }

  /** The items that a response answered, in the order of the conversation. Rejects with `record.unknown`. */
  async input(id: string, { keyId }: Caller): Promise<readonly JsonObject[]> {
    return inputOf(await this.#own(id, keyId)).map((item, at) => ({ id: `item_${at}`, ...item }));
  }

  /** Forgets a response. Rejects with `record.unknown`. */
  async remove(id: string, { keyId }: Caller): Promise<void> {
    if (!(await this.#ports.keeper.remove(id, keyId))) throw unknown();
  }

  async #own(id: string, keyId: string): Promise<KeptResponse> {
    const found = await this.#ports.keeper.find(id, keyId);
    if (typeof found !== 'object') throw unknown();
    return found;
  }
}

/** Another key's is as unknown as one that never was. */
function unknown(param?: string): GatewayError {
  const what = param === CONVERSATION ? CONVERSATION : 'response';
  return new GatewayError('record.unknown', `There is no such ${what}.`, param === undefined ? {} : { param });
}

function inputOf({ input }: KeptResponse): readonly JsonObject[] {
  return JSON.parse(input) as readonly JsonObject[];
}

function outputOf({ response }: KeptResponse): readonly JsonObject[] {
  const { output } = JSON.parse(response) as JsonObject;
  return Array.isArray(output) ? (output as unknown[]).filter(isObject) : [];
}
