import type { ChatRequest, Extra } from '../../model/request.ts';
import { DIALECT, type Fields, isEmpty, isFields, ownFields, present, spellingOf } from './fields.ts';

/** Numbers of `options` and what they are called here. https://docs.ollama.com/modelfile#parameter */
const NUMBERS = [
  ['temperature', 'temperature'],
  ['top_p', 'topP'],
  ['top_k', 'topK'],
  ['seed', 'seed'],
  ['presence_penalty', 'presencePenalty'],
  ['frequency_penalty', 'frequencyPenalty'],
] as const;

/** The numbers among the options that the vocabulary has a word for. */
export const NUMBERED: readonly string[] = [...NUMBERS.map(([name]) => name), 'num_predict'];

/**
 * Options without a word of ours that callers of other wires may name among their own fields, as LiteLLM lets them. What
 * the server does with its hardware is not among them. https://docs.ollama.com/modelfile#parameter
 */
const NAMED = ['min_p', 'num_ctx', 'num_predict', 'repeat_last_n', 'repeat_penalty', 'top_k'];
/** The same beside the options. https://docs.ollama.com/api/chat */
const KEEP_ALIVE = 'keep_alive';

/** Fields of other wires that this one has a place for. */
export const TAKEN: ReadonlySet<string> = new Set([...NAMED, KEEP_ALIVE]);

/** How long the server is to keep the model in its memory, where a caller of another wire says so. */
export function keepAliveOut({ extra }: ChatRequest): Fields {
  return namedIn(extra, [KEEP_ALIVE]);
}

function namedIn(extra: Extra | undefined, names: readonly string[]): Fields {
  if (!extra || extra.dialect === DIALECT) return {};
  const said = names.flatMap((name) => (isSaid(extra.fields[name]) ? [[name, extra.fields[name]]] : []));
  return Object.fromEntries(said) as Fields;
}

const isSaid = (value: unknown): boolean => value !== undefined && value !== null;

/** What options mean, those that we have no word for, and how they were written. */
export interface OptionsRead {
  readonly words: Partial<ChatRequest>;
  readonly rest: Fields;
  readonly spelling: Fields;
}

/** Reads `options`. */
export function optionsOf(options: unknown): OptionsRead {
  const rest: Record<string, unknown> = isFields(options) ? { ...options } : {};
  const words: Record<string, unknown> = {};
  for (const [name, word] of NUMBERS)
    if (typeof rest[name] === 'number') {
      words[word] = rest[name];
      delete rest[name];
    }
  const { num_predict: most, stop, ...others } = rest;
  const isMost = mostTokensOf(options) !== undefined;
  const isStop = typeof stop === 'string' || Array.isArray(stop);
  return {
    words: {
      ...words,
      ...(isMost ? { maxOutputTokens: most as number } : {}),
      ...(isStop ? { stop: typeof stop === 'string' ? [stop] : (stop as readonly string[]) } : {}),
    },
    rest: { ...others, ...present({ num_predict: isMost ? undefined : most, stop: isStop ? undefined : stop }) },
    spelling: typeof stop === 'string' ? { stop: 'text' } : {},
  };
}

/** The most tokens of an answer; numbers below 1 have meanings of their own on this wire. */
export function mostTokensOf(options: unknown): number | undefined {
  const said = isFields(options) ? options['num_predict'] : undefined;
  return typeof said === 'number' && said > 0 ? said : undefined;
}

/** Writes `options`; `undefined` where there are none. */
export function optionsOut(request: ChatRequest): Fields | undefined {
  const { stop, maxOutputTokens, extra } = request;
  const written = ownFields(extra)?.['options'];
  const own = extra?.dialect === DIALECT ? written : namedIn(extra, NAMED);
  const numbers = Object.fromEntries(NUMBERS.map(([name, word]) => [name, request[word]]));
  const isText = spellingOf(extra)['stop'] === 'text' && stop?.length === 1;
  const said = present({
    ...(isFields(own) ? own : {}),
    ...present(numbers),
    num_predict: maxOutputTokens ?? (isFields(own) ? own['num_predict'] : undefined),
    stop: isText ? stop[0] : stop,
  });
  return isEmpty(said) && !isFields(written) ? undefined : said;
}
