import { GatewayError } from '../model/error.ts';
import type { OperationId } from '../model/operation.ts';
import type { Usage } from '../model/reply.ts';
import { Ask, type ChatRequest, type Message } from '../model/request.ts';
import type { Turn } from '../model/turn.ts';
import type { UpstreamRequest, UpstreamResponse } from '../model/upstream.ts';
import type { Trail } from '../pipeline/trail.ts';
import { headerList } from '../routing/address.ts';
import { closedBy, passed, pathOf, type Passage, type Place, sent } from './passage.ts';
import { UsageTail } from './usage-tail.ts';

/** What a provider is sent, apart from where and how it is signed. */
export type RelayBody = Pick<UpstreamRequest, 'body' | 'stream'> & { readonly contentType: string };

/** What a caller asks for that is passed on as it is. */
export interface RelayCall {
  /** What is sent to a deployment: `model` is its name there, `texts` are the texts as they may be said. */
  readonly bodyFor: (place: Place, texts: readonly string[]) => RelayBody;
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
}

/** Passes a request on and gives the answer as soon as it begins. */
export async function relayed(trail: Trail, call: RelayCall, passage: Passage): Promise<Relayed> {
  const response = await passed(trail, passage, async (turn, place) => {
    const { contentType, ...body } = call.bodyFor(place, textsOf(turn));
    const { deployment } = place;
    const { provider, origin } = deployment;
    const headers = headerList(turn, deployment, contentType);
    const request = { provider: provider.id, method: 'POST', origin, path: pathOf(place), headers, ...body } as const;
    return { reply: await sent(turn, deployment, request, passage), notices: [] };
  });
  return relay(trail, response, passage.limits.replyBytesMax);
}

function textsOf({ ask }: Turn): readonly string[] {
  return ask.look().messages.flatMap(({ content: [part] }) => (part?.type === 'text' ? [part.text] : []));
}

/** Headers of a provider's that say something about the body, or to the caller. All others are its own business. */
const PASSED_ON = ['content-type', 'content-disposition', 'content-language', 'openai-processing-ms', 'retry-after'];

/** Leads a provider's answer to the caller. */
export function relay(trail: Trail, response: UpstreamResponse, bytesMax: number): Relayed {
  const headers = PASSED_ON.flatMap((name) => {
    const value = response.headers[name];
    return value === undefined ? [] : [name, value];
  });
  // What a provider calls a web page must not become one of ours.
  headers.push('x-content-type-options', 'nosniff', 'content-security-policy', 'sandbox');
  return { status: response.status, headers, pieces: metered(trail, response, bytesMax) };
}

const TELLING = /json|event-stream/i;

async function* metered(
  trail: Trail,
  { status, headers, body }: UpstreamResponse,
  bytesMax: number,
): AsyncGenerator<Buffer> {
  const tail = TELLING.test(headers['content-type'] ?? '') ? new UsageTail() : undefined;
  let size = 0;
  try {
    for await (const piece of body) {
      size += piece.length;
      if (size > bytesMax) throw tooLong(bytesMax);
      trail.committed();
      tail?.push(piece);
      yield piece;
    }
    if (status < 400) await finished(trail, tail?.usage());
    else await closedBy(trail, refused(status));
  } catch (thrown) {
    throw await closedBy(trail, thrown);
  } finally {
    body.cancel();
    // Somebody who leaves in the middle has had what it took so far; nobody knows how much.
    await trail.close({ end: 'cancelled', usage: tail?.usage(), usageEstimated: false, error: gone(), blind: false });
  }
}

/** Ends a turn that went well. */
export function finished(trail: Trail, usage: Usage | undefined): Promise<void> {
  return trail.close({ end: 'finished', usage, usageEstimated: false, error: undefined, blind: false });
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
