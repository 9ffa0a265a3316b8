import { refusedField } from '../../model/error.ts';
import { Ask, type Origin } from '../../model/request.ts';
import { MODEL_NAME_CHARS_MAX, requestSpans } from '../request-spans.ts';
import { type Fields, isFields, numberOf, objectsOf, textOf } from './fields.ts';
import { requestOf } from './request-in.ts';

/**
 * Checks a request strictly, once, and names the field that is wrong. The path says model and stream; whoever reads the
 * path puts them in front of the body's own fields. What the conversation says is decoded when somebody looks.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export function readRequest(origin: Origin): Ask {
  requestSpans(origin); // each field stands once
  const { body } = origin;
  const { model, stream, messages, inferenceConfig } = body;
  if (typeof model !== 'string' || model === '') throw refusedField('model', 'must name a model');
  if (model.length > MODEL_NAME_CHARS_MAX)
    throw refusedField('model', `must have at most ${MODEL_NAME_CHARS_MAX} characters`);
  if (stream !== undefined && typeof stream !== 'boolean') throw refusedField('stream', 'must be true or false');
  checkList(messages, 'messages', checkMessage);
  if (body['system'] !== undefined) checkList(body['system'], 'system', () => undefined);
  checkSettings(body);
  const maxOutputTokens = isFields(inferenceConfig) ? numberOf(inferenceConfig['maxTokens']) : undefined;
  return Ask.arrived(
    { model, stream: stream === true, usageWanted: true, maxOutputTokens },
    origin,
    () => requestOf(body),
    () => lastWordsOf(messages),
  );
}

function checkList(value: unknown, at: string, check: (item: Fields, at: string) => void): void {
  if (!Array.isArray(value)) throw refusedField(at, 'must be a list');
  (value as readonly unknown[]).forEach((item, index) => {
    if (!isFields(item)) throw refusedField(`${at}[${index}]`, 'must be an object');
    check(item, `${at}[${index}]`);
  });
}

function checkMessage({ role, content }: Fields, at: string): void {
  if (role !== 'user' && role !== 'assistant') throw refusedField(`${at}.role`, 'must be “user” or “assistant”');
  checkList(content, `${at}.content`, ({ text }, block) => {
    if (text !== undefined && typeof text !== 'string') throw refusedField(`${block}.text`, 'must be a text');
  });
}

const OBJECTS = ['inferenceConfig', 'toolConfig', 'additionalModelRequestFields', 'outputConfig'];

function checkSettings(body: Fields): void {
  for (const name of OBJECTS) {
    if (body[name] !== undefined && !isFields(body[name])) throw refusedField(name, 'must be an object');
  }
  const { inferenceConfig, toolConfig } = body;
  if (isFields(inferenceConfig)) checkInference(inferenceConfig);
  if (isFields(toolConfig)) checkList(toolConfig['tools'], 'toolConfig.tools', () => undefined);
}

function checkInference(config: Fields): void {
  for (const name of ['maxTokens', 'temperature', 'topP']) {
    const value = config[name];
    if (value !== undefined && typeof value !== 'number')
      throw refusedField(`inferenceConfig.${name}`, 'must be a number');
  }
  const { stopSequences: stop } = config;
  if (stop !== undefined && !(Array.isArray(stop) && stop.every((one) => typeof one === 'string')))
    throw refusedField('inferenceConfig.stopSequences', 'must be a list of texts');
}

function lastWordsOf(messages: unknown): string | undefined {
  const last = objectsOf(messages).at(-1);
  if (last?.['role'] !== 'user') return undefined;
  const content = objectsOf(last['content']);
  if (content.some((block) => 'toolResult' in block)) return undefined;
  return textOf(content.find(({ text }) => typeof text === 'string')?.['text']);
}
