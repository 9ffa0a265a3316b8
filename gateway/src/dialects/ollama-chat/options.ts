import type { ChatRequest } from '../../model/request.ts';
import { type Fields, isEmpty, isFields, ownFields, present, spellingOf } from './fields.ts';

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
  const own = ownFields(extra)?.['options'];
  const numbers = Object.fromEntries(NUMBERS.map(([name, word]) => [name, request[word]]));
  const isText = spellingOf(extra)['stop'] === 'text' && stop?.length === 1;
  const said = present({
    ...(isFields(own) ? own : {}),
    ...present(numbers),
    num_predict: maxOutputTokens ?? (isFields(own) ? own['num_predict'] : undefined),
    stop: isText ? stop[0] : stop,
  });
  return isEmpty(said) && !isFields(own) ? undefined : said;
}
