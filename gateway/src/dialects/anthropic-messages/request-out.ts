import type { ChatRequest, Extra, Message } from '../../model/request.ts';
import type { Encoded } from '../contract.ts';
import { type Fields, isFields, ownFields, present, spellingOf } from './fields.ts';
import { Losses, noteLostParameters } from './losses.ts';
import { blocksOf, contentOut } from './parts-out.ts';
import { thinkingOut } from './thinking.ts';
import { toolChoiceOut, toolsOut } from './tools.ts';

/** The warmest that the wire goes; other wires go to 2. */
const TEMPERATURE_MAX = 1;

/** Writes a request. https://platform.claude.com/docs/en/api/messages */
export function encodeRequest(request: ChatRequest, model: string): Encoded {
  const losses = new Losses();
  noteLostParameters(request, losses);
  const own = ownFields(request.extra);
  const { thinking, effort, maxTokens } = thinkingOut(request, model, losses);
  const body = {
    ...own,
    ...present({
      model,
      max_tokens: maxTokens,
      system: systemOut(request.messages, losses),
      messages: messagesOut(request.messages, own !== undefined, losses),
      temperature: temperatureOut(request.temperature, losses),
      top_p: request.topP,
      top_k: request.topK,
      stop_sequences: stopOut(request, losses),
      tools: toolsOut(request.tools, losses),
      tool_choice: toolChoiceOut(request, losses),
      thinking,
      ...outputOut(request, effort),
      service_tier: serviceTierOut(request.serviceTier, losses),
      metadata: metadataOut(request),
      stream: request.stream ? true : spellingOf(request.extra)['stream'],
    }),
  };
  return { bytes: Buffer.from(JSON.stringify(body)), losses: losses.list() };
}

/** System messages go to the top in their order, save those that this dialect had among the others. */
function systemOut(messages: readonly Message[], losses: Losses): unknown {
  const blocks = messages.flatMap((message, index) =>
    isTopSystem(message) ? blocksOf(message.content, `messages[${index}]`, losses) : [],
  );
  return blocks.length === 0 ? undefined : contentOut(blocks, messages.find(isTopSystem)?.extra);
}

function isTopSystem({ role, extra }: Message): boolean {
  return role === 'developer' || (role === 'system' && spellingOf(extra)['place'] !== 'messages');
}

/** Other dialects' neighbours of one role are one message here, so that the results of parallel calls stand together. */
function messagesOut(messages: readonly Message[], own: boolean, losses: Losses): readonly Fields[] {
  const turns: { readonly role: string; readonly extra: Extra | undefined; blocks: readonly unknown[] }[] = [];
  messages.forEach((message, index) => {
    if (isTopSystem(message)) return;
    const at = `messages[${index}]`;
    const role = message.role === 'tool' ? 'user' : message.role;
    const blocks = blocksOf(message.content, at, losses);
    if (message.name !== undefined) losses.hint(`${at}.name`);
    losses.foreign(message.extra, at);
    const last = turns.at(-1);
    if (!own && role === 'assistant' && blocks.length === 0) return;
    if (!own && last?.role === role) last.blocks = [...last.blocks, ...blocks];
    else turns.push({ role, extra: message.extra, blocks });
  });
  return turns.map(({ role, extra, blocks }) => ({ ...ownFields(extra), role, content: contentOut(blocks, extra) }));
}

function temperatureOut(temperature: number | undefined, losses: Losses): number | undefined {
  if (temperature === undefined || temperature <= TEMPERATURE_MAX) return temperature;
  losses.parameter('temperature');
  return TEMPERATURE_MAX;
}

/** The provider refuses stop sequences of nothing but white space; what came in this dialect is for it to judge. */
function stopOut({ stop, extra }: ChatRequest, losses: Losses): readonly string[] | undefined {
  if (!stop || ownFields(extra)) return stop;
  const said = stop.filter((sequence) => sequence.trim() !== '');
  if (said.length < stop.length) losses.parameter('stop');
  return said.length > 0 ? said : undefined;
}

/** The format stands in `output_config`; callers of the beta may still write `output_format`. */
function outputOut({ output, extra }: ChatRequest, effort: string | undefined): Fields {
  const leftover = ownFields(extra)?.['output_config'];
  const format = output?.type === 'json-schema' ? { type: 'json_schema', schema: output.schema } : undefined;
  const isLegacy = spellingOf(extra)['format'] === 'output_format';
  const config = {
    ...(isFields(leftover) ? leftover : {}),
    ...present({ effort, format: isLegacy ? undefined : format }),
  };
  return present({
    output_config: Object.keys(config).length > 0 ? config : undefined,
    output_format: isLegacy ? format : undefined,
  });
}

/** https://platform.claude.com/docs/en/api/service-tiers */
function serviceTierOut(tier: string | undefined, losses: Losses): string | undefined {
  if (tier === undefined || tier === 'auto' || tier === 'standard_only') return tier;
  if (tier === 'default') return 'standard_only';
  losses.hint('service_tier');
  return undefined;
}

function metadataOut({ endUser, extra }: ChatRequest): Fields | undefined {
  const leftover = ownFields(extra)?.['metadata'];
  const metadata = { ...(isFields(leftover) ? leftover : {}), ...present({ user_id: endUser }) };
  return Object.keys(metadata).length > 0 ? metadata : undefined;
}
