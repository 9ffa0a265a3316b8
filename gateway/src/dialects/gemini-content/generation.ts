import type { ChatRequest, OutputFormat } from '../../model/request.ts';
import { camelCased, type Fields, isFields, numberOf, ownFields, present, spellingOf } from './fields.ts';
import type { Losses } from './losses.ts';
import { jsonSchemaOf } from './schema.ts';
import { reasoningOf, thinkingOut } from './thinking.ts';

/** The wire has no name for an output schema, and other wires demand one. */
const SCHEMA_NAME = 'response';
const JSON_TYPE = 'application/json';
/** Settings without a word of ours travel under their whole name, so that one that is lost is named. */
const PREFIX = 'generationConfig.';
/** Read into words of ours, and said again in the same dialect as they came. */
const KEPT_FORMS = ['thinkingConfig', 'responseMimeType', 'responseSchema', 'responseJsonSchema', 'responseLogprobs'];

/** What `generationConfig` says in our words, what is left, and how it was written. */
export interface Generation {
  readonly words: Partial<ChatRequest>;
  readonly rest: Fields;
  readonly spelling: Fields;
}

/** Reads `generationConfig`. https://ai.google.dev/api/generate-content#generationconfig */
export function generationOf(value: unknown): Generation {
  const config = isFields(value) ? camelCased(value) : {};
  const { temperature, topP, topK, maxOutputTokens, candidateCount, stopSequences, seed, ...others } = config;
  const { presencePenalty, frequencyPenalty, responseLogprobs, logprobs, ...formed } = others;
  const output = outputOf(formed);
  const reasoning = reasoningOf(formed['thinkingConfig']);
  const isText = isTextOnly(formed['responseModalities']);
  const kept = keptForms({ ...formed, responseLogprobs }, output !== undefined, isText);
  const rest = Object.entries(formed).filter(([key]) => !(key in kept));
  return {
    words: present({
      temperature: numberOf(temperature),
      topP: numberOf(topP),
      topK: numberOf(topK),
      maxOutputTokens: numberOf(maxOutputTokens),
      choiceCount: numberOf(candidateCount),
      stop: Array.isArray(stopSequences) ? (stopSequences as readonly string[]) : undefined,
      seed: numberOf(seed),
      presencePenalty: numberOf(presencePenalty),
      frequencyPenalty: numberOf(frequencyPenalty),
      logprobs: responseLogprobs === true ? (numberOf(logprobs) ?? 0) : undefined,
      output,
      reasoning,
    }),
    rest: Object.fromEntries(rest.map(([key, one]) => [PREFIX + key, one])),
    spelling: kept,
  };
}

function keptForms(config: Fields, isOutputRead: boolean, isText: boolean): Fields {
  const forms = KEPT_FORMS.filter((key) => isOutputRead || !key.startsWith('response') || key === 'responseLogprobs');
  const kept = forms.filter((key) => config[key] !== undefined && config[key] !== true);
  return Object.fromEntries([...kept, ...(isText ? ['responseModalities'] : [])].map((key) => [key, config[key]]));
}

/** Asking for text alone is asking for what comes anyway. */
function isTextOnly(modalities: unknown): boolean {
  return Array.isArray(modalities) && modalities.every((one) => String(one).toUpperCase() === 'TEXT');
}

function outputOf({ responseMimeType, responseSchema, responseJsonSchema }: Fields): OutputFormat | undefined {
  if (responseMimeType === 'text/plain') return { type: 'text' };
  if (responseMimeType !== JSON_TYPE) return undefined;
  const own = isFields(responseSchema) ? jsonSchemaOf(responseSchema) : undefined;
  const schema = isFields(responseJsonSchema) ? responseJsonSchema : own;
  return schema ? { type: 'json-schema', name: SCHEMA_NAME, schema, strict: true } : { type: 'json' };
}

/** Writes `generationConfig`. */
export function generationOut(request: ChatRequest, model: string, losses: Losses): Fields | undefined {
  const { logprobs, stop, extra } = request;
  const config = present({
    ...leftover(ownFields(extra)),
    temperature: request.temperature,
    topP: request.topP,
    topK: request.topK,
    maxOutputTokens: request.maxOutputTokens,
    candidateCount: request.choiceCount,
    stopSequences: stop,
    seed: request.seed,
    presencePenalty: request.presencePenalty,
    frequencyPenalty: request.frequencyPenalty,
    responseLogprobs: logprobs === undefined ? spellingOf(extra)['responseLogprobs'] : true,
    logprobs: logprobs === 0 ? undefined : logprobs,
    responseModalities: spellingOf(extra)['responseModalities'],
    ...outputOut(request, losses),
    thinkingConfig: thinkingOut(request, model, losses),
  });
  return Object.keys(config).length > 0 ? config : undefined;
}

function leftover(fields: Fields | undefined): Fields {
  const own = Object.entries(fields ?? {}).filter(([key]) => key.startsWith(PREFIX));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(PREFIX.length), value]));
}

/** The other fields that the request left over. */
export function beside(fields: Fields | undefined): Fields {
  return Object.fromEntries(Object.entries(fields ?? {}).filter(([key]) => !key.startsWith(PREFIX)));
}

function outputOut({ output, extra }: ChatRequest, losses: Losses): Fields {
  if (!output) return {};
  const { responseMimeType, responseSchema, responseJsonSchema } = spellingOf(extra);
  if (responseMimeType !== undefined) return present({ responseMimeType, responseSchema, responseJsonSchema });
  if (output.type !== 'json-schema') return output.type === 'json' ? { responseMimeType: JSON_TYPE } : {};
  if (output.description !== undefined) losses.hint('response_format.json_schema.description');
  return { responseMimeType: JSON_TYPE, responseJsonSchema: output.schema };
}
