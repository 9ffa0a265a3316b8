import type { ChatRequest, Message, Part } from '../model/request.ts';
import type { Turn } from '../model/turn.ts';
import { isAboutNow } from './about-now.ts';

/** Why the cache has nothing to do with a turn. */
export type PassedOver =
  | 'off'
  | 'not-asked'
  | 'choices'
  | 'temperature'
  | 'time'
  | 'media'
  | 'provider-tools'
  | 'numbers';

/** Which turns are answered from the cache, and kept for others. */
export interface CacheRules {
  /** Only those that ask for it. */
  readonly onlyWhenAsked: boolean;
  /** A higher temperature asks for another answer each time. */
  readonly temperatureMax: number;
  /** Questions about now, today, the latest of something as well. */
  readonly timeBound: boolean;
}

/** Why a turn is passed over; `undefined` when it isn't. What the caller asked for goes before the general rules. */
export function passedOver(
  { ask, switches: { cache: wish } }: Pick<Turn, 'ask' | 'switches'>,
  rules: CacheRules,
): PassedOver | undefined {
  if (wish?.noCache && wish.noStore) return 'off';
  if (rules.onlyWhenAsked && !wish?.use) return 'not-asked';
  const request = ask.look();
  return hopeless(request) ?? (wish?.use ? undefined : doubtful(request, rules, ask.lastWords()));
}

/** What the key can't hold: an address whose content changes, and tools that the provider itself uses. */
function hopeless({ messages, tools, extra }: ChatRequest): PassedOver | undefined {
  if (messages.some(hasMedia)) return 'media';
  if (tools?.some(({ type }) => type === 'native')) return 'provider-tools';
  if (extra && LIVE_FIELDS.some((name) => isOn(extra.fields[name]))) return 'provider-tools';
  return undefined;
}

function doubtful(
  { choiceCount = 1, temperature = 0 }: ChatRequest,
  { temperatureMax, timeBound }: CacheRules,
  words: string | undefined,
): PassedOver | undefined {
  if (choiceCount > 1) return 'choices';
  if (temperature > temperatureMax) return 'temperature';
  return !timeBound && words !== undefined && isAboutNow(words) ? 'time' : undefined;
}

/** Fields by which a provider searches, runs or keeps something of its own. */
const LIVE_FIELDS = [
  'web_search_options',
  'search_parameters',
  'plugins',
  'mcp_servers',
  'container',
  'conversation',
  'previous_response_id',
  'store',
] as const;

function isOn(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false;
}

function hasMedia({ content }: Message): boolean {
  return content.some(isMedia);
}

/** A part that only one dialect knows may be anything; a prompt in tokens is all that plain completions have of the kind. */
function isMedia(part: Part): boolean {
  if (part.type === 'tool-result') return part.content.some(isMedia);
  if (part.type === 'native') return part.dialect !== 'openai-completions';
  return part.type === 'image' || part.type === 'audio' || part.type === 'file';
}
