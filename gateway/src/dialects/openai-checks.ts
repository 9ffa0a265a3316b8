import { GatewayError } from '../model/error.ts';
import type { AskHead, Origin } from '../model/request.ts';
import { isObject } from './json-object.ts';
import { MODEL_NAME_CHARS_MAX, requestSpans } from './request-spans.ts';

/** Throws `request.invalid` if a value can't stand in the field `param`. Never sees `null`: that counts as absent. */
export type Check = (value: unknown, param: string) => void;

/** What `readHead` looks up for every field of a request. */
export type FieldRules = ReadonlyMap<string, Check>;

/** Makes the lookup table of a dialect out of its checks. */
export function fieldRules(checks: Readonly<Record<string, Check>>): FieldRules {
  return new Map(Object.entries(checks));
}

/** Checks every top-level field and says what each turn must know. */
export function readHead(origin: Origin, rules: FieldRules): AskHead {
  const { body } = origin;
  for (const { key } of requestSpans(origin)) {
    const value = body[key];
    if (value !== null && value !== undefined) rules.get(key)?.(value, key);
  }
  const stream = body['stream'] === true;
  const usageWanted = stream && asksForUsage(body['stream_options']);
  const { n } = body;
  return {
    model: modelName(body['model']),
    stream,
    usageWanted,
    choiceCount: typeof n === 'number' ? n : undefined,
    maxOutputTokens: largest(body['max_tokens'], body['max_completion_tokens']),
  };
}

/** Hosts differ in which of the two they obey. */
function largest(one: unknown, other: unknown): number | undefined {
  if (typeof one !== 'number') return typeof other === 'number' ? other : undefined;
  return typeof other === 'number' ? Math.max(one, other) : one;
}

function modelName(model: unknown): string {
  if (model === undefined || model === null) throw invalid('model', 'is missing');
  if (typeof model !== 'string') throw invalid('model', 'must be a string');
  if (model === '') throw invalid('model', 'must not be empty');
  if (model.length > MODEL_NAME_CHARS_MAX) {
    throw invalid('model', `must not be longer than ${MODEL_NAME_CHARS_MAX} characters`);
  }
  return model;
}

function asksForUsage(streamOptions: unknown): boolean {
  return isObject(streamOptions) && streamOptions['include_usage'] === true;
}

/** A refusal that names the field. */
export function invalid(param: string, what: string): GatewayError {
  return new GatewayError('request.invalid', `\`${param}\` ${what}.`, { param });
}

/** Accepts a text. */
export const aString: Check = (value, param) => {
  if (typeof value !== 'string') throw invalid(param, 'must be a string');
};

/** Accepts true and false. */
export const aBoolean: Check = (value, param) => {
  if (typeof value !== 'boolean') throw invalid(param, 'must be true or false');
};

/** Accepts a JSON object. */
export const anObject: Check = (value, param) => {
  if (!isObject(value)) throw invalid(param, 'must be an object');
};

/** Checks a number against bounds, both of which it may reach. */
export function aNumber(min: number, max: number): Check {
  return (value, param) => {
    if (typeof value !== 'number' || !(value >= min && value <= max)) {
      throw invalid(param, `must be a number from ${min} to ${max}`);
    }
  };
}

/** Checks a whole number against bounds, both of which it may reach. */
export function anInteger(min: number, max: number = Number.MAX_SAFE_INTEGER): Check {
  const range = max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`;
  return (value, param) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
      throw invalid(param, `must be a whole number ${range}`);
    }
  };
}

/** Seeds may be 64 bits long, which is more than a number holds exactly; any whole number will do. */
export const aSeed: Check = (value, param) => {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw invalid(param, 'must be a whole number');
};

/** Checks `stop`: a string or a list of strings. */
export const aStop: Check = (value, param) => {
  if (typeof value === 'string') return;
  if (!Array.isArray(value)) throw invalid(param, 'must be a string or a list of strings');
  for (const [at, item] of value.entries()) aString(item, `${param}[${at}]`);
};

/** The fields that chat and text completions have in common. */
export const SHARED_CHECKS: Readonly<Record<string, Check>> = {
  stream: aBoolean,
  stream_options: anObject,
  max_tokens: anInteger(1),
  temperature: aNumber(0, 2),
  top_p: aNumber(0, 1),
  presence_penalty: aNumber(-2, 2),
  frequency_penalty: aNumber(-2, 2),
  n: anInteger(1, 128),
  seed: aSeed,
  stop: aStop,
  logit_bias: anObject,
  user: aString,
};
