import { isObject } from '../dialects/json-object.ts';
import { isAbyss } from '../dialects/json-depth.ts';
import { requestSpans } from '../dialects/request-spans.ts';
import { GatewayError } from '../model/error.ts';
import { Ask, type ChatRequest, type Message, type Origin } from '../model/request.ts';
import type { Turn } from '../model/turn.ts';
import type { UpstreamBody } from '../model/upstream.ts';
import type { Trail } from '../pipeline/trail.ts';
import { headers } from '../routing/address.ts';
import type { AskedTexts, JsonAnswer, OperationLimits, TextAnswer, TextOperation } from './contract.ts';
import { passed, pathOf, type Passage, type Place, sent } from './passage.ts';

/** A request about texts, and the question that limits, guards and masking see. */
export interface TextCall {
  readonly asked: AskedTexts;
  readonly ask: Ask;
}

/** Checks a request. Throws `request.invalid`. */
export function textCall(operation: TextOperation, origin: Origin, limits: OperationLimits): TextCall {
  requestSpans(origin); // refuses fields that stand twice
  const asked = operation.read(origin, limits);
  const { model } = asked;
  // Nothing is answered in words, so nothing is paid for words of a model.
  const head = { model, stream: false, usageWanted: true, maxOutputTokens: 0 };
  return { asked, ask: Ask.arrived(head, origin, () => asRequest(asked)) };
}

/** The texts as messages of the user, so that whatever reads a conversation reads them too. */
function asRequest({ model, texts, isUnreadable }: AskedTexts): ChatRequest {
  const messages = texts.map((text): Message => ({ role: 'user', content: [{ type: 'text', text }] }));
  return { model, messages: isUnreadable ? [...messages, IN_TOKENS] : messages, stream: false, usageWanted: true };
}

/** Stands for whatever can't be read. */
const IN_TOKENS: Message = {
  role: 'user',
  content: [{ type: 'native', dialect: 'openai-completions', value: [0] }],
};

/** Leads a request about texts past its stations and to a provider, and says what the caller is told. */
export async function answeredTexts(trail: Trail, { asked }: TextCall, passage: Passage): Promise<TextAnswer> {
  // What a deployment has answered isn't asked of it again.
  const known = new Map<Place['deployment'], JsonAnswer[]>();
  const answer = await passed(trail, passage, async (turn, { deployment, endpoint }) => {
    const of = { endpoint, model: deployment.model, cut: turn.ownFields };
    const answers = known.get(deployment) ?? [];
    known.set(deployment, answers);
    const bodies = asked.bodies(of, textsOf(turn, asked));
    for (const body of bodies.slice(answers.length))
      answers.push(await jsonAnswer(turn, { deployment, endpoint }, body, passage));
    return { reply: asked.answer(answers, of), notices: [] };
  });
  const { usage } = answer;
  await trail.close({ end: 'finished', usage, usageEstimated: false, error: undefined, blind: false });
  return answer;
}

function textsOf({ ask }: Turn, { texts }: AskedTexts): readonly string[] {
  // As long as the bytes are the caller's, nobody has changed a text.
  if (ask.origin) return texts;
  return ask.look().messages.flatMap(({ content: [part] }) => (part?.type === 'text' ? [part.text] : []));
}

async function jsonAnswer(turn: Turn, place: Place, body: Buffer, passage: Passage): Promise<JsonAnswer> {
  const { deployment } = place;
  const { origin, provider } = deployment;
  const request = { provider: provider.id, method: 'POST', origin, path: pathOf(place), body } as const;
  const response = await sent(turn, deployment, { ...request, headers: headers(turn, deployment) }, passage);
  const bytes = await wholeBody(response.body, passage.settings.frameLimits.jsonBytesMax, provider.id);
  return { bytes, json: jsonIn(bytes, provider.id) };
}

/** A body to its end. Throws `upstream.bad-response` for one that is too long. */
export async function wholeBody(body: UpstreamBody, bytesMax: number, provider: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const bytes of body) {
    size += bytes.length;
    if (size > bytesMax)
      throw new GatewayError(
        'upstream.bad-response',
        `${provider} answered more than ${bytesMax} bytes (upstream.jsonBytesMax).`,
      );
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

/** An answer as a JSON object. Throws `upstream.bad-response`. */
export function jsonIn(bytes: Buffer, provider: string): JsonAnswer['json'] {
  try {
    const value: unknown = isAbyss(bytes) ? undefined : JSON.parse(bytes.toString('utf8'));
    if (isObject(value)) return value;
  } catch {
    // Said below; the parser's own message quotes the body.
  }
  throw new GatewayError('upstream.bad-response', `${provider} answered something that is no JSON object.`);
}
