import type { ChatRequest, OutputFormat, ReasoningWish } from '../../model/request.ts';
import { type Fields, isFields, ownFields, present, spellingOf, textOf } from './fields.ts';
import type { Losses } from './losses.ts';

const SCHEMA_FIELDS: ReadonlySet<string> = new Set(['type', 'name', 'description', 'schema', 'strict']);

/** Reads `text`. What it says besides the format stays as it came. */
export function formatOf(text: unknown): { readonly output: OutputFormat | undefined; readonly rest: Fields } {
  if (!isFields(text)) return { output: undefined, rest: text === undefined ? {} : { text } };
  const { format, ...others } = text;
  const output = outputOf(format);
  const beside = output || format === undefined ? others : text;
  return { output, rest: Object.keys(beside).length > 0 ? { text: beside } : {} };
}

/** `undefined` for a format with anything in it that there is no word for. */
function outputOf(format: unknown): OutputFormat | undefined {
  if (!isFields(format)) return undefined;
  const { type, name, description, schema, strict } = format;
  const size = Object.keys(format).length;
  if (type === 'text' && size === 1) return { type: 'text' };
  if (type === 'json_object' && size === 1) return { type: 'json' };
  if (type !== 'json_schema' || typeof name !== 'string' || !isFields(schema)) return undefined;
  if (Object.keys(format).some((key) => !SCHEMA_FIELDS.has(key))) return undefined;
  const isStrict = typeof strict === 'boolean' ? strict : undefined;
  return { type: 'json-schema', name, schema, ...present({ description: textOf(description), strict: isStrict }) };
}

/** The wire demands a name of a schema. */
const SCHEMA_NAME = 'response';

/** Writes `text`. */
export function textSettings({ output, extra }: ChatRequest): Fields | undefined {
  const beside = ownFields(extra)?.['text'];
  const text = { ...(isFields(beside) ? beside : {}), ...present({ format: output && formatOut(output) }) };
  return Object.keys(text).length > 0 ? text : undefined;
}

function formatOut(output: OutputFormat): Fields {
  if (output.type !== 'json-schema') return { type: output.type === 'json' ? 'json_object' : 'text' };
  const { name, description, schema, strict } = output;
  return { type: 'json_schema', name: name === '' ? SCHEMA_NAME : name, ...present({ description, schema, strict }) };
}

/** Reads `reasoning`. How its summary shall be said changes no answer, and is written again in this dialect only. */
export function reasoningOf(reasoning: unknown): ReasoningWish | undefined {
  const effort = isFields(reasoning) ? textOf(reasoning['effort']) : undefined;
  return effort === undefined ? undefined : { effort };
}

/** Models known not to reason; they refuse `reasoning`. */
const PLAIN_MODELS = /(?:^|\/)(?:gpt-3|gpt-4|chatgpt-)/;

/** Efforts for a thinking budget, which this wire can't say. */
const EFFORTS = [
  { fromTokens: 16_000, effort: 'high' },
  { fromTokens: 4_000, effort: 'medium' },
  { fromTokens: 1, effort: 'low' },
] as const;

/** Writes `reasoning`: as its caller wrote it, or else as an effort. */
export function reasoningOut(request: ChatRequest, model: string, losses: Losses): Fields | undefined {
  const wish = request.reasoning;
  const { reasoning: spelt } = spellingOf(request.extra);
  const said = isFields(spelt) ? spelt : undefined;
  if (reasoningOf(said)?.effort === wish?.effort && wish?.budgetTokens === undefined) return said;
  if (!wish) return undefined;
  const canReason = !PLAIN_MODELS.test(model);
  if (wish.effort !== undefined) {
    if (canReason) return { ...said, effort: wish.effort };
    losses.hint('output_config.effort');
    return undefined;
  }
  if (wish.budgetTokens === undefined) return said;
  losses.hint('thinking.budget_tokens');
  const effort = EFFORTS.find(({ fromTokens }) => (wish.budgetTokens ?? 0) >= fromTokens)?.effort;
  return canReason && effort !== undefined ? { ...said, effort } : said;
}
