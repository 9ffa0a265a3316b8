import { GatewayError } from '../model/error.ts';
import type { OperationId } from '../model/operation.ts';
import type { Usage } from '../model/reply.ts';
import { Ask, type ChatRequest, type Message } from '../model/request.ts';
import type { Turn } from '../model/turn.ts';
import type { UpstreamRequest, UpstreamResponse } from '../model/upstream.ts';
import type { Trail } from '../pipeline/trail.ts';
import { headerList } from '../routing/address.ts';
import { closedBy, endedBy, passed, pathOf, type Passage, type Place, sent } from './passage.ts';
import { type RelayUnits, unitsTaken, withUnits } from './relay-units.ts';
import { ReplyWatch } from './reply-watch.ts';
import { SubtitleWatch } from './subtitle-watch.ts';
import { UsageTail } from './usage-tail.ts';

/** What a provider is sent, apart from where and how it is signed. */
export type RelayBody = Pick<UpstreamRequest, 'body' | 'stream'> & { readonly contentType: string };

/** What a caller asks for that is passed on as it is. */
export interface RelayCall {
  /** What is sent to a deployment: `model` is its name there, `texts` are the texts as they may be said. */
  readonly bodyFor: (place: Place, texts: readonly string[]) => RelayBody;
  /** What it takes besides tokens. */
  readonly units: RelayUnits;
}

/** The texts of a request, and whether they are all there is to read. */
export interface RelayTexts {
  readonly model: string;
  readonly stream: boolean;
  readonly texts: readonly string[];
}

/** The question that limits and stations see. What comes back isn't bounded by the caller's words, so it is paid for as a long answer. */
export function relayAsk({ model, stream, texts }: RelayTexts): Ask {
  const request: ChatRequest = {
    model,
    messages: texts.map((text): Message => ({ role: 'user', content: [{ type: 'text', text }] })),
    stream,
    usageWanted: true,
  };
  return Ask.made(request);
}

/** An answer on its way to the caller. */
export interface Relayed {
  readonly status: number;
  /** Names and values of the headers that may be passed on. */
  readonly headers: readonly string[];
  /** The body. Reading it to its end, leaving it or its failure ends the turn. */
  readonly pieces: AsyncIterable<Buffer>;
  /** An answer up to this length may be held until its end, when its cost is known. */
  readonly heldBytesMax: number;
}

/** Passes a request on and gives the answer as soon as it begins. */
export async function relayed(trail: Trail, call: RelayCall, passage: Passage): Promise<Relayed> {
  let texts: readonly string[] = [];
  const response = await passed(trail, passage, async (turn, place) => {
    texts = textsOf(turn);
    const { contentType, ...body } = call.bodyFor(place, texts);
    const { deployment } = place;
    const { provider, origin } = deployment;
    const headers = headerList(turn, deployment, contentType);
    const request = { provider: provider.id, method: 'POST', origin, path: pathOf(place), headers, ...body } as const;
    return { reply: await sent(turn, deployment, request, passage), notices: [] };
  });
  const { replyBytesMax, heldBytesMax } = passage.limits;
  const type = response.headers['content-type'] ?? '';
  const counted = new CountedReply(call.units, texts, type);
  const atOnce = counted.usageAtOnce();
  if (atOnce) trail.foretold(atOnce);
  return { ...relay(trail, response, replyBytesMax, counted), heldBytesMax: /json/i.test(type) ? heldBytesMax : 0 };
}

/** Counts what an answer took, from the request and from what goes by. */
class CountedReply {
  readonly #units: RelayUnits | undefined;
  readonly #texts: readonly string[];
  readonly #tail: UsageTail | undefined;
  readonly #watch: ReplyWatch | SubtitleWatch | undefined;

  constructor(units: RelayUnits | undefined, texts: readonly string[], contentType: string) {
    this.#units = units;
    this.#texts = texts;
    const isTelling = TELLING.test(contentType);
    this.#tail = isTelling ? new UsageTail() : undefined;
    if (units && isTelling) this.#watch = new ReplyWatch();
    else if (units?.most.seconds !== undefined && SUBTITLES.test(contentType)) this.#watch = new SubtitleWatch();
  }

  /** Whether nobody said how much it was in so many words: behind the last subtitle there may have been silence. */
  get isEstimated(): boolean {
    return this.#watch instanceof SubtitleWatch && this.#watch.seconds !== undefined;
  }

  push(piece: Buffer): void {
    this.#tail?.push(piece);
    this.#watch?.push(piece);
  }

  /** What is known before a word is answered, where nothing else can follow. */
  usageAtOnce(): Usage | undefined {
    return this.#tail ? undefined : this.usage(false);
  }

  usage(isCut: boolean): Usage | undefined {
    const from = { texts: this.#texts, watch: this.#watch, isCut };
    return withUnits(this.#tail?.usage(), this.#units && unitsTaken(this.#units, from));
  }
}

function textsOf({ ask }: Turn): readonly string[] {
  return ask.look().messages.flatMap(({ content: [part] }) => (part?.type === 'text' ? [part.text] : []));
}

/** Headers of a provider's that say something about the body, or to the caller. All others are its own business. */
const PASSED_ON = ['content-type', 'content-disposition', 'content-language', 'openai-processing-ms', 'retry-after'];

/** Leads a provider's answer to the caller. */
export function relay(
  trail: Trail,
  response: UpstreamResponse,
  bytesMax: number,
  counted = new CountedReply(undefined, [], response.headers['content-type'] ?? ''),
): Relayed {
  const headers = PASSED_ON.flatMap((name) => {
    const value = response.headers[name];
    return value === undefined ? [] : [name, value];
  });
  // What a provider calls a web page must not become one of ours.
  headers.push('x-content-type-options', 'nosniff', 'content-security-policy', 'sandbox');
  return { status: response.status, headers, pieces: metered(trail, response, bytesMax, counted), heldBytesMax: 0 };
}

const TELLING = /json|event-stream/i;
/** OpenAI calls SRT plain text. */
const SUBTITLES = /text\/(?:plain|vtt)|subrip/i;

async function* metered(
  trail: Trail,
  { status, body }: UpstreamResponse,
  bytesMax: number,
  counted: CountedReply,
): AsyncGenerator<Buffer> {
  let size = 0;
  try {
    for await (const piece of body) {
      size += piece.length;
      if (size > bytesMax) throw tooLong(bytesMax);
      trail.committed();
      counted.push(piece);
      yield piece;
    }
    if (status < 400) await finished(trail, counted.usage(false), counted.isEstimated);
    else await closedBy(trail, refused(status));
  } catch (thrown) {
    throw await endedBy(trail, thrown, counted.usage(true));
  } finally {
    body.cancel();
    // Somebody who leaves in the middle has set the provider to work; what isn't known of it is taken from the request.
    await trail.close({
      end: 'cancelled',
      usage: counted.usage(true),
      usageEstimated: true,
      error: gone(),
      blind: false,
    });
  }
}

/** Ends a turn that went well. */
export function finished(trail: Trail, usage: Usage | undefined, usageEstimated = false): Promise<void> {
  return trail.close({ end: 'finished', usage, usageEstimated, error: undefined, blind: false });
}

function tooLong(bytesMax: number): GatewayError {
  return new GatewayError(
    'upstream.bad-response',
    `The provider answered more than ${bytesMax} bytes (operations.replyBytesMax).`,
  );
}

/** What a refusal is in the record; its words went to the caller as they came. */
function refused(status: number): GatewayError {
  return new GatewayError('upstream.refused', `The provider answered ${status}.`, { status });
}

function gone(): GatewayError {
  return new GatewayError('request.cancelled', 'The caller went away.');
}

/** Refuses an operation that a policy would have looked into and that can't be, unless the operator allows it by name. Throws `operation.uninspected`. */
export function refuseUninspected(turn: Turn & { readonly operation: OperationId }, passage: Passage): void {
  const { operation } = turn;
  if (passage.limits.uninspected.includes(operation)) return;
  if (!passage.inspectors.some(({ wants }) => wants?.(turn) ?? true)) return;
  throw new GatewayError(
    'operation.uninspected',
    `Private data is to be masked or guards to judge, and neither can look into ${operation}. The operator can allow it all the same (operations.uninspected).`,
  );
}
