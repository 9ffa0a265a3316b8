import type { ChatRequest, Message, OutputFormat } from '../../model/request.ts';
import {
  DIALECT,
  extraOf,
  type Fields,
  isEmpty,
  isFields,
  numberOf,
  objectsOf,
  onlyField,
  present,
  textOf,
} from './fields.ts';
import { modelFieldsOf } from './model-fields.ts';
import { partsOf } from './parts-in.ts';
import { toolConfigOf } from './tools.ts';

/**
 * Decodes a checked request. `extra` is always there, even without fields: it says that the request came in this
 * dialect, so that it is written again in its own words.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export function requestOf(body: Fields): ChatRequest {
  const { model, stream, messages, system, inferenceConfig, toolConfig, ...settings } = body;
  const { additionalModelRequestFields, outputConfig, serviceTier, ...rest } = settings;
  const { maxTokens, temperature, topP, stopSequences, ...inference } = isFields(inferenceConfig)
    ? inferenceConfig
    : {};
  const modelFields = modelFieldsOf(additionalModelRequestFields);
  const { rest: configRest, ...tools } = toolConfigOf(toolConfig);
  const output = outputOf(outputConfig);
  const tier = isFields(serviceTier) && onlyField(serviceTier) ? textOf(serviceTier['type']) : undefined;
  return {
    model: model as string,
    messages: [...systemOf(system), ...objectsOf(messages).map(messageOf)],
    stream: stream === true,
    usageWanted: true,
    ...tools,
    ...modelFields.words,
    ...present({
      maxOutputTokens: numberOf(maxTokens),
      temperature: numberOf(temperature),
      topP: numberOf(topP),
      stop: Array.isArray(stopSequences) ? (stopSequences as readonly string[]) : undefined,
      output,
      serviceTier: tier,
    }),
    extra: {
      dialect: DIALECT,
      fields: {
        ...rest,
        ...configRest,
        ...(isEmpty(inference) ? {} : { inferenceConfig: inference }),
        ...(isEmpty(modelFields.rest) ? {} : { additionalModelRequestFields: modelFields.rest }),
        ...(output || outputConfig === undefined ? {} : { outputConfig }),
        ...(tier !== undefined || serviceTier === undefined ? {} : { serviceTier }),
      },
      spelling: present({ modelFields: modelFields.spelling, outputConfig: output && outputConfig }),
    },
  };
}

function systemOf(system: unknown): readonly Message[] {
  const content = partsOf(system);
  return content.length === 0 ? [] : [{ role: 'system', content }];
}

/** Results of tools stand in the user's turn here; other wires have a turn of their own for them. */
function messageOf({ role, content: blocks, ...rest }: Fields): Message {
  const content = partsOf(blocks);
  if (role === 'assistant') return { role, content, ...extraOf(rest) };
  const areResults = content.length > 0 && content.every(({ type }) => type === 'tool-result');
  return { role: areResults ? 'tool' : 'user', content, ...extraOf(rest) };
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html */
function outputOf(config: unknown): OutputFormat | undefined {
  const format = isFields(config) && onlyField(config) ? config['textFormat'] : undefined;
  const structure = isFields(format) && format['type'] === 'json_schema' ? format['structure'] : undefined;
  const said = isFields(structure) ? structure['jsonSchema'] : undefined;
  if (!isFields(said) || typeof said['schema'] !== 'string') return undefined;
  const schema = objectIn(said['schema']);
  if (!schema) return undefined;
  return {
    type: 'json-schema',
    name: textOf(said['name']) ?? 'answer',
    schema,
    ...present({ description: textOf(said['description']) }),
  };
}

function objectIn(json: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
