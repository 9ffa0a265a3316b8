import { refusedField } from '../../model/error.ts';
import { Ask, type Origin } from '../../model/request.ts';
import { MODEL_NAME_CHARS_MAX, requestSpans } from '../request-spans.ts';
import { camelCased, type Fields, isFields, numberOf, objectsOf } from './fields.ts';
import { requestOf } from './request-in.ts';

/**
 * Checks a request strictly, once, and names the field that is wrong. The path says model and stream; whoever reads the
 * path puts them in front of the body's own fields. What the conversation says is decoded when somebody looks.
 * https://ai.google.dev/api/generate-content
 */
export function readRequest(origin: Origin): Ask {
  requestSpans(origin); // each field stands once
  const body = camelCased(origin.body);
  const { model, stream, contents, generationConfig } = body;
  if (typeof model !== 'string' || model === '') throw refusedField('model', 'must name a model');
  if (model.length > MODEL_NAME_CHARS_MAX)
    throw refusedField('model', `must have at most ${MODEL_NAME_CHARS_MAX} characters`);
  if (stream !== undefined && typeof stream !== 'boolean') throw refusedField('stream', 'must be true or false');
  checkContents(contents);
  checkSettings(body);
  const config = isFields(generationConfig) ? checkedGeneration(camelCased(generationConfig)) : {};
  return Ask.arrived(
    {
      model,
      stream: stream === true,
      usageWanted: true,
      choiceCount: numberOf(config['candidateCount']),
      maxOutputTokens: numberOf(config['maxOutputTokens']),
    },
    origin,
    () => requestOf(body),
    () => lastWordsOf(contents),
  );
}

/** The wire takes a lone object for a list of one. */
function checkContents(contents: unknown): void {
  if (!isFields(contents) && !Array.isArray(contents)) throw refusedField('contents', 'must be a list of contents');
  const list: readonly unknown[] = Array.isArray(contents) ? contents : [contents];
  if (list.length === 0) throw refusedField('contents', 'must not be empty');
  for (let index = 0; index < list.length; index += 1) checkContent(list[index], `contents[${index}]`);
}

function checkContent(content: unknown, at: string): void {
  if (!isFields(content)) throw refusedField(at, 'must be an object');
  const { role, parts } = content;
  if (role !== undefined && role !== 'user' && role !== 'model' && role !== 'function')
    throw refusedField(`${at}.role`, 'must be “user” or “model”');
  const list: readonly unknown[] = Array.isArray(parts) ? parts : [parts];
  for (let index = 0; index < list.length; index += 1) {
    const part = list[index];
    if (!isFields(part)) throw refusedField(`${at}.parts[${index}]`, 'must be an object');
    const { text } = part;
    if (text !== undefined && typeof text !== 'string')
      throw refusedField(`${at}.parts[${index}].text`, 'must be a text');
  }
}

function checkSettings({ systemInstruction, generationConfig, toolConfig, tools }: Fields): void {
  if (isFields(systemInstruction)) checkContent({ ...systemInstruction, role: undefined }, 'systemInstruction');
  else if (systemInstruction !== undefined && typeof systemInstruction !== 'string')
    throw refusedField('systemInstruction', 'must be an object');
  for (const [name, value] of Object.entries({ generationConfig, toolConfig })) {
    if (value !== undefined && !isFields(value)) throw refusedField(name, 'must be an object');
  }
  const list: readonly unknown[] = Array.isArray(tools) ? tools : [];
  if (tools !== undefined && !isFields(tools) && !Array.isArray(tools)) throw refusedField('tools', 'must be a list');
  const wrong = list.findIndex((tool) => !isFields(tool));
  if (wrong !== -1) throw refusedField(`tools[${wrong}]`, 'must be an object');
}

const NUMBERS = ['temperature', 'topP', 'topK', 'maxOutputTokens', 'candidateCount', 'seed', 'logprobs'];

function checkedGeneration(config: Fields): Fields {
  for (const name of [...NUMBERS, 'presencePenalty', 'frequencyPenalty']) {
    const value = config[name];
    if (value !== undefined && value !== null && numberOf(value) === undefined)
      throw refusedField(`generationConfig.${name}`, 'must be a number');
  }
  const { stopSequences: stop } = config;
  if (stop !== undefined && !(Array.isArray(stop) && stop.every((one) => typeof one === 'string')))
    throw refusedField('generationConfig.stopSequences', 'must be a list of texts');
  return config;
}

function lastWordsOf(contents: unknown): string | undefined {
  const last = objectsOf(contents).at(-1);
  if (!last || last['role'] === 'model' || last['role'] === 'function') return undefined;
  const parts = objectsOf(last['parts']);
  if (parts.some((part) => 'functionResponse' in part || 'function_response' in part)) return undefined;
  const text = parts.find((part) => typeof part['text'] === 'string' && part['thought'] !== true)?.['text'];
  return typeof text === 'string' ? text : undefined;
}
