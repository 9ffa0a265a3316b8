import { isObject, type JsonObject } from '../dialects/json-object.ts';
import { GatewayError, refusedField } from '../model/error.ts';
import type { OperationForm } from '../model/operation.ts';
import type { Usage } from '../model/reply.ts';
import type { Origin } from '../model/request.ts';
import type { AskedOf, AskedTexts, JsonAnswer, OperationLimits, TextOperation } from './contract.ts';
import { vectorIn, type Vector, vectorOut, type VectorForm } from './embedding-vectors.ts';
import { countIn, countOf, listIn, modelIn, patched, tokenUsage, written } from './fields.ts';

/** `POST /v1/embeddings`: https://platform.openai.com/docs/api-reference/embeddings/create */
export const embeddings: TextOperation = { id: 'embeddings', read };

interface Wish {
  readonly dimensions: number | undefined;
  readonly form: VectorForm;
}

function read(origin: Origin, limits: OperationLimits): AskedTexts {
  const { body } = origin;
  const model = modelIn(body);
  const inputs = inputsIn(body['input'], limits);
  const form = body['encoding_format'] ?? 'float';
  if (form !== 'float' && form !== 'base64') throw refusedField('encoding_format', 'must be float or base64');
  const wish: Wish = { dimensions: countIn(body, 'dimensions'), form };
  const texts = inputs.filter((input) => typeof input === 'string');
  return {
    model,
    texts,
    isUnreadable: texts.length < inputs.length,
    bodies: (to, now) => bodies(origin, { inputs, texts, now, wish }, to),
    answer: (answers, from) => {
      const parts = answers.map(({ json }) => vectorsIn(json, from));
      const vectors = parts.flatMap(({ vectors: found }) => found);
      if (vectors.length !== inputs.length) throw unreadable(`${vectors.length} embeddings for ${inputs.length} texts`);
      const usage = together(parts.map(({ usage: took }) => took));
      return { bytes: bytesOf(answers, { model, form, vectors, usage }), usage };
    },
  };
}

/** One text, a list of texts, or tokens: one list of numbers, or several. */
function inputsIn(input: unknown, limits: OperationLimits): readonly unknown[] {
  if (typeof input === 'string') return [input];
  const list = listIn(input, 'input', limits);
  if (list.every((item) => typeof item === 'number')) return [list];
  const bad = list.findIndex((item) => typeof item !== 'string' && !isTokens(item));
  if (bad !== -1) throw refusedField(`input[${bad}]`, 'must be a text or a list of tokens');
  return list;
}

function isTokens(item: unknown): boolean {
  return Array.isArray(item) && item.length > 0 && item.every((token) => typeof token === 'number');
}

interface Inputs {
  readonly inputs: readonly unknown[];
  /** The texts among them, as they came and as they are now. */
  readonly texts: readonly string[];
  readonly now: readonly string[];
  readonly wish: Wish;
}

function bodies(origin: Origin, { inputs, texts, now, wish }: Inputs, to: AskedOf): readonly Buffer[] {
  const { form, inputsMax = inputs.length } = to.endpoint;
  const isSame = texts.every((text, at) => text === now[at]);
  if (isSame && form === undefined && inputs.length <= inputsMax) return [patched(origin, to)];
  let next = 0;
  const said = inputs.map((input) => (typeof input === 'string' ? (now[next++] ?? input) : input));
  const write = WRITERS[form ?? 'openai-v1'];
  const parts: Buffer[] = [];
  for (let at = 0; at < said.length; at += inputsMax)
    parts.push(write(origin, to, { inputs: said.slice(at, at + inputsMax), wish }));
  return parts;
}

interface Part {
  readonly inputs: readonly unknown[];
  readonly wish: Wish;
}

type Writer = (origin: Origin, to: AskedOf, part: Part) => Buffer;

const WRITERS: Readonly<Record<OperationForm | 'openai-v1', Writer>> = {
  'openai-v1': (origin, to, { inputs: input }) => written(origin, to, { input }),
  // https://docs.voyageai.com/reference/embeddings-api
  'voyage-v1': (origin, to, { inputs: input, wish: { dimensions, form } }) =>
    written(origin, to, {
      input,
      encoding_format: form === 'base64' ? form : undefined,
      ...(dimensions === undefined ? {} : { dimensions: undefined, output_dimension: dimensions }),
    }),
  // https://docs.ollama.com/api/embed
  'ollama-v1': (origin, to, { inputs: input }) => {
    if (input.some((text) => typeof text !== 'string')) throw refusedField('input', 'must be texts for this model');
    return written(origin, to, { input, encoding_format: undefined, user: undefined });
  },
  // https://docs.cohere.com/reference/embed
  'cohere-v2': (origin, to, { inputs: texts, wish: { dimensions } }) => {
    if (texts.some((text) => typeof text !== 'string')) throw refusedField('input', 'must be texts for this model');
    const { input: _, encoding_format: __, dimensions: ___, user: ____, ...others } = origin.body;
    return written({ ...origin, body: others }, to, {
      texts,
      input_type: others['input_type'] ?? 'search_document',
      embedding_types: ['float'],
      ...(dimensions === undefined ? {} : { output_dimension: dimensions }),
    });
  },
};

interface Vectors {
  readonly vectors: readonly Vector[];
  readonly usage: Usage | undefined;
}

function vectorsIn(json: JsonObject, { endpoint }: AskedOf): Vectors {
  if (endpoint.form === 'cohere-v2') return cohereVectors(json);
  if (endpoint.form === 'ollama-v1') return ollamaVectors(json);
  const { data, usage } = json;
  if (!Array.isArray(data)) throw unreadable('no list of embeddings');
  const entries = data.filter(isObject).toSorted((a, b) => (countOf(a['index']) ?? 0) - (countOf(b['index']) ?? 0));
  return { vectors: entries.map(({ embedding }) => vectorIn(embedding) ?? fail()), usage: tokenUsage(usage) };
}

function cohereVectors({ embeddings: found, meta }: JsonObject): Vectors {
  const list = isObject(found) ? found['float'] : found;
  if (!Array.isArray(list)) throw unreadable('no list of embeddings');
  const units = isObject(meta) && isObject(meta['billed_units']) ? meta['billed_units'] : {};
  const inputTokens = countOf(units['input_tokens']);
  return {
    vectors: list.map((vector: unknown) => vectorIn(vector) ?? fail()),
    usage: inputTokens === undefined ? undefined : { inputTokens, outputTokens: 0 },
  };
}

function ollamaVectors({ embeddings: found, prompt_eval_count: count }: JsonObject): Vectors {
  if (!Array.isArray(found)) throw unreadable('no list of embeddings');
  const inputTokens = countOf(count);
  return {
    vectors: found.map((vector: unknown) => vectorIn(vector) ?? fail()),
    usage: inputTokens === undefined ? undefined : { inputTokens, outputTokens: 0 },
  };
}

function fail(): never {
  throw unreadable('something that is no embedding');
}

function unreadable(what: string): GatewayError {
  return new GatewayError('upstream.bad-response', `The provider answered ${what}.`);
}

/** Unknown as soon as one part is: half of the truth would pass for all of it. */
function together(parts: readonly (Usage | undefined)[]): Usage | undefined {
  let inputTokens = 0;
  for (const part of parts) {
    if (!part) return undefined;
    inputTokens += part.inputTokens;
  }
  return { inputTokens, outputTokens: 0 };
}

interface Said {
  readonly model: string;
  readonly form: VectorForm;
  readonly vectors: readonly Vector[];
  readonly usage: Usage | undefined;
}

/** What OpenAI's clients expect; the fields that a provider adds stay where there was one answer. */
function bytesOf(answers: readonly JsonAnswer[], { model, form, vectors, usage }: Said): Buffer {
  const [first] = answers;
  const own = answers.length === 1 && Array.isArray(first?.json['data']) ? first.json : undefined;
  const tokens = usage?.inputTokens ?? 0;
  return Buffer.from(
    JSON.stringify({
      ...own,
      object: 'list',
      data: vectors.map((vector, index) => ({ object: 'embedding', index, embedding: vectorOut(vector, form) })),
      model,
      usage: { prompt_tokens: tokens, total_tokens: tokens, ...(isObject(own?.['usage']) ? own['usage'] : {}) },
    }),
  );
}
