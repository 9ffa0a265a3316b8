import type { ChatRequest, Extra, Message } from '../../model/request.ts';
import type { Encoded } from '../contract.ts';
import { type Fields, ownFields, present, spellingOf } from './fields.ts';
import { beside, generationOut } from './generation.ts';
import { Losses, noteLostParameters } from './losses.ts';
import { callNames, partsOut, type Writing } from './parts-out.ts';
import { thinksByLevel } from './thinking.ts';
import { toolConfigOut, toolsOut } from './tools.ts';

/** Writes a request. The model and the wish to stream stand in its path. https://ai.google.dev/api/generate-content */
export function encodeRequest(request: ChatRequest, model: string): Encoded {
  const losses = new Losses();
  noteLostParameters(request, losses);
  const own = ownFields(request.extra);
  const writing: Writing = {
    losses,
    own: own !== undefined,
    names: callNames(request.messages),
    needsProof: own === undefined && thinksByLevel(model),
  };
  const { system, contents } = conversationOut(request.messages, writing);
  const { toolConfig: _said, ...rest } = beside(own);
  const body = {
    ...rest,
    ...present({
      contents,
      systemInstruction: system,
      tools: toolsOut(request.tools, losses),
      toolConfig: toolConfigOut(request, losses),
      generationConfig: generationOut(request, model, losses),
      serviceTier: serviceTierOut(request.serviceTier, losses),
    }),
  };
  return { bytes: Buffer.from(JSON.stringify(body)), losses: losses.list() };
}

interface Content {
  readonly role: string | undefined;
  readonly extra: Extra | undefined;
  parts: readonly Fields[];
}

/** Instructions go to the top in their order. A conversation of nothing else is said as the user's. */
function conversationOut(
  messages: readonly Message[],
  writing: Writing,
): { readonly system: Fields | undefined; readonly contents: readonly Fields[] } {
  const contents = turnsOut(messages, writing);
  const systems = messages.flatMap((message, index) =>
    isSystem(message) ? partsOut(message.content, `messages[${index}]`, writing) : [],
  );
  if (systems.length === 0) return { system: undefined, contents };
  const extra = messages.find(isSystem)?.extra;
  const role = spellingOf(extra)['role'];
  if (contents.length === 0) return { system: undefined, contents: [{ role: 'user', parts: systems }] };
  return { system: present({ ...ownFields(extra), parts: systems, role }), contents };
}

function isSystem({ role }: Message): boolean {
  return role === 'system' || role === 'developer';
}

/** Other dialects' neighbours of one role are one content here, so that the results of parallel calls stand together. */
function turnsOut(messages: readonly Message[], writing: Writing): readonly Fields[] {
  const turns: Content[] = [];
  messages.forEach((message, index) => {
    if (isSystem(message)) return;
    const at = `messages[${index}]`;
    if (message.name !== undefined) writing.losses.hint(`${at}.name`);
    writing.losses.foreign(message.extra, at);
    const needsProof = writing.needsProof && message.role === 'assistant';
    const parts = partsOut(message.content, at, { ...writing, needsProof });
    const last = turns.at(-1);
    const role = roleOf(message);
    if (!writing.own && parts.length === 0) return;
    if (!writing.own && last && last.role === role) last.parts = [...last.parts, ...parts];
    else turns.push({ role, extra: message.extra, parts });
  });
  return turns.map(({ role, extra, parts }) => ({ ...ownFields(extra), ...present({ role }), parts }));
}

function roleOf({ role, extra }: Message): string | undefined {
  if (role === 'assistant') return 'model';
  const said = spellingOf(extra)['role'];
  if (said === 'none') return undefined;
  return typeof said === 'string' ? said : 'user';
}

/** https://ai.google.dev/gemini-api/docs/flex-inference */
function serviceTierOut(tier: string | undefined, losses: Losses): string | undefined {
  if (tier === undefined || tier === 'auto') return undefined;
  const word = tier.toLowerCase();
  if (word === 'flex' || word === 'priority' || word === 'standard' || word === 'unspecified') return tier;
  if (word === 'default' || word === 'standard_only') return 'standard';
  losses.hint('service_tier');
  return undefined;
}
