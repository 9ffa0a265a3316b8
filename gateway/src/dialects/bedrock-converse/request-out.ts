import type { ChatRequest, Extra, Message } from '../../model/request.ts';
import type { Encoded } from '../contract.ts';
import { type Fields, isEmpty, isFields, ownFields, present, spellingOf } from './fields.ts';
import { Losses, noteLostParameters } from './losses.ts';
import { DocumentNames } from './media.ts';
import { maxTokensOut, modelFieldsOut } from './model-fields.ts';
import { blocksOf, type Writing } from './parts-out.ts';
import { toolConfigOut } from './tools.ts';

/**
 * Writes a request. The model and the wish to stream stand in its path.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export function encodeRequest(request: ChatRequest, model: string): Encoded {
  const losses = new Losses();
  noteLostParameters(request, losses);
  const own = ownFields(request.extra);
  const isClaude = /claude/.test(model);
  const writing: Writing = {
    losses,
    own: own !== undefined,
    isClaude,
    // What an address of the operator's own leads to, nobody knows.
    caches: own !== undefined || isClaude || /nova|^arn:/.test(model),
    names: new DocumentNames(),
  };
  const { system, messages } = conversationOut(request.messages, writing);
  const fields = modelFieldsOut(request, model, losses);
  const body = {
    ...own,
    ...present({
      messages,
      system: system.length > 0 ? system : undefined,
      inferenceConfig: inferenceOut(request, fields, losses),
      toolConfig: toolConfigOut(request, own?.['toolConfig'], writing),
      additionalModelRequestFields: isEmpty(fields) ? undefined : fields,
      outputConfig: outputOut(request),
      serviceTier: serviceTierOut(request, losses),
    }),
  };
  return { bytes: Buffer.from(JSON.stringify(body)), losses: losses.list() };
}

interface Turn {
  readonly role: 'user' | 'assistant';
  readonly extra: Extra | undefined;
  content: readonly Fields[];
}

/** Instructions go to the top in their order. A conversation of nothing else is said as the user's. */
function conversationOut(
  list: readonly Message[],
  writing: Writing,
): { readonly system: readonly Fields[]; readonly messages: readonly Fields[] } {
  const messages = turnsOut(list, writing);
  const system = list.flatMap((message, index) =>
    isSystem(message) ? blocksOf(message.content, `messages[${index}]`, writing) : [],
  );
  if (messages.length === 0 && system.length > 0 && !writing.own) {
    return { system: [], messages: [{ role: 'user', content: system }] };
  }
  return { system, messages };
}

function isSystem({ role }: Message): boolean {
  return role === 'system' || role === 'developer';
}

/** Other dialects' neighbours of one role are one message here, so that the results of parallel calls stand together. */
function turnsOut(messages: readonly Message[], writing: Writing): readonly Fields[] {
  const turns: Turn[] = [];
  messages.forEach((message, index) => {
    if (isSystem(message)) return;
    const at = `messages[${index}]`;
    if (message.name !== undefined) writing.losses.hint(`${at}.name`);
    writing.losses.foreign(message.extra, at);
    const content = blocksOf(message.content, at, writing);
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const last = turns.at(-1);
    if (!writing.own && content.length === 0) return;
    if (!writing.own && last?.role === role) last.content = [...last.content, ...content];
    else turns.push({ role, extra: message.extra, content });
  });
  return turns.map(({ role, extra, content }) => ({ ...ownFields(extra), role, content }));
}

function inferenceOut(request: ChatRequest, modelFields: Fields, losses: Losses): Fields | undefined {
  const own = ownFields(request.extra);
  const leftover = own?.['inferenceConfig'];
  const config = {
    ...(isFields(leftover) ? leftover : {}),
    ...present({
      maxTokens: maxTokensOut(request, modelFields),
      temperature: temperatureOut(request, losses),
      topP: request.topP,
      stopSequences: stopOut(request, losses),
    }),
  };
  return isEmpty(config) ? undefined : config;
}

/** The warmest that the wire goes; other wires go to 2. */
const TEMPERATURE_MAX = 1;

function temperatureOut({ temperature, extra }: ChatRequest, losses: Losses): number | undefined {
  if (temperature === undefined || temperature <= TEMPERATURE_MAX || ownFields(extra)) return temperature;
  losses.parameter('temperature');
  return TEMPERATURE_MAX;
}

/** The provider refuses empty stop sequences; what came in this dialect is for it to judge. */
function stopOut({ stop, extra }: ChatRequest, losses: Losses): readonly string[] | undefined {
  if (!stop || ownFields(extra)) return stop;
  const said = stop.filter((sequence) => sequence.trim() !== '');
  if (said.length < stop.length) losses.parameter('stop');
  return said.length > 0 ? said : undefined;
}

function outputOut({ output, extra }: ChatRequest): unknown {
  const { outputConfig } = spellingOf(extra);
  if (outputConfig !== undefined) return outputConfig;
  if (output?.type !== 'json-schema') return undefined;
  const { name, description, schema } = output;
  const jsonSchema = present({ name, description, schema: JSON.stringify(schema) });
  return { textFormat: { type: 'json_schema', structure: { jsonSchema } } };
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/service-tiers-inference.html */
function serviceTierOut({ serviceTier: tier, extra }: ChatRequest, losses: Losses): Fields | undefined {
  if (tier === undefined || tier === 'auto') return undefined;
  if (ownFields(extra) || tier === 'default' || tier === 'flex' || tier === 'priority') return { type: tier };
  if (tier === 'standard_only') return { type: 'default' };
  losses.hint('service_tier');
  return undefined;
}
