import { dialects } from '../dialects/index.ts';
import { requestSpans } from '../dialects/request-spans.ts';
import type { ChatRequest, Origin, Part } from '../model/request.ts';
import type { Turn } from '../model/turn.ts';
import type { Trail } from '../pipeline/trail.ts';
import { headers } from '../routing/address.ts';
import type { Deployment } from '../routing/deployment.ts';
import { type CountCall, countForm } from './count-forms.ts';
import { shallow } from './fields.ts';
import { passed, pathOf, type Passage, type Place, sent } from './passage.ts';
import { finished } from './relay-desk.ts';
import { jsonIn, wholeBody } from './text-desk.ts';

/** How many tokens a text has for a model, and whose count that is. */
export type CountText = (
  text: string,
  model: string,
) => Promise<{ readonly tokens: number; readonly tokenizer: string }>;

/** Roles and marks around each message. */
const MESSAGE_TOKENS = 4;
/** What a picture or a page of a document comes to, roughly. */
const MEDIA_TOKENS = 1600;

/** Checks a question of Anthropic's clients: a message request without a bound. Throws `request.invalid`. https://docs.anthropic.com/en/api/messages-count-tokens */
export function readCount(origin: Origin): CountCall {
  requestSpans(origin); // refuses fields that stand twice
  const body = { ...origin.body, max_tokens: 1, stream: false };
  const bytes = shallow(() => Buffer.from(JSON.stringify(body)));
  return { origin, ask: dialects['anthropic-messages'].readRequest({ dialect: 'anthropic-messages', bytes, body }) };
}

/** Asks the provider where it counts what is said in the caller's wire, and else counts by a tokenizer and says that this is an estimate. */
export async function counted(trail: Trail, call: CountCall, passage: Passage, countText: CountText): Promise<Buffer> {
  const { answer: name } = countForm(trail.turn.dialect);
  const answer = await passed(
    trail,
    passage,
    async (turn, place) => ({ reply: await countedThere(turn, place, call, passage), notices: [] }),
    async (turn, deployment) => {
      const { tokens, tokenizer } = await estimatedCount(turn.ask.look(), deployment.model, countText);
      const notices = [`${name} is an estimate: ${whyOf(deployment)}, so the tokenizer ${tokenizer} counted`];
      return { reply: Buffer.from(JSON.stringify({ [name]: tokens })), notices };
    },
  );
  await finished(trail, undefined);
  return answer;
}

/** How many tokens a request has by a tokenizer, with what stands around its words. */
export async function estimatedCount(request: ChatRequest, model: string, countText: CountText): ReturnType<CountText> {
  const { tokens, tokenizer } = await countText(wordsOf(request), model);
  return { tokens: tokens + extraTokens(request), tokenizer };
}

function whyOf({ provider }: Deployment): string {
  return `${provider.id} is not asked to count for this API`;
}

async function countedThere(turn: Turn, place: Place, call: CountCall, passage: Passage): Promise<Buffer> {
  const { deployment } = place;
  const { provider, model } = deployment;
  const request = { provider: provider.id, method: 'POST', origin: deployment.origin, path: pathOf(place) } as const;
  const body = countForm(turn.dialect).body(turn, call, model);
  const response = await sent(turn, deployment, { ...request, headers: headers(turn, deployment), body }, passage);
  const bytes = await wholeBody(response.body, passage.settings.frameLimits.jsonBytesMax, provider.id);
  jsonIn(bytes, provider.id);
  return bytes;
}

function wordsOf({ messages, tools = [] }: ChatRequest): string {
  const said = messages.flatMap(({ content }) => content.map(words));
  return [...said, ...tools.map((tool) => shallow(() => JSON.stringify(tool)))].join('\n');
}

function words(part: Part): string {
  switch (part.type) {
    case 'text':
    case 'reasoning':
    case 'refusal':
      return part.text;
    case 'tool-call':
      return `${part.name} ${part.input}`;
    case 'tool-result':
      return part.content.map(words).join('\n');
    case 'file':
      return part.source.kind === 'text' ? part.source.text : '';
    default:
      return '';
  }
}

function extraTokens({ messages }: ChatRequest): number {
  const media = messages.flatMap(({ content }) => content).filter(({ type }) => type === 'image' || type === 'file');
  return messages.length * MESSAGE_TOKENS + media.length * MEDIA_TOKENS;
}
