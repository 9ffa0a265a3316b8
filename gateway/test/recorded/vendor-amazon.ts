import { Readable } from 'node:stream';
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  type ContentBlock,
  type ConverseStreamCommandOutput,
  type TokenUsage,
} from '@aws-sdk/client-bedrock-runtime';
import type { Wire } from '../../src/model/reply.ts';
import type { Said } from './vendors.ts';

const FINISHES: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  tool_use: 'tools',
};

/** Has Amazon's own SDK read a reply. Throws what the SDK throws. */
export async function saidToAmazon(form: Wire['form'], bytes: Buffer): Promise<Said> {
  const client = new BedrockRuntimeClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'k', secretAccessKey: 's' },
    maxAttempts: 1,
    requestHandler: { handle: () => Promise.resolve({ response: answer(form, bytes) }) },
  });
  const asked = { modelId: 'm', messages: [] };
  if (form !== 'json') return gathered(await client.send(new ConverseStreamCommand(asked)));
  const { output, stopReason, usage } = await client.send(new ConverseCommand(asked));
  return { ...contentOf(output?.message?.content ?? []), ...endOf(stopReason, usage) };
}

function answer(
  form: Wire['form'],
  bytes: Buffer,
): { statusCode: number; headers: Record<string, string>; body: Readable } {
  const type = form === 'json' ? 'application/json' : 'application/vnd.amazon.eventstream';
  return { statusCode: 200, headers: { 'content-type': type }, body: Readable.from([bytes]) };
}

function contentOf(content: readonly ContentBlock[]): Pick<Said, 'text' | 'calls'> {
  return {
    text: content
      .map(
        ({ text, citationsContent: cited }) => text ?? cited?.content?.map((piece) => piece.text ?? '').join('') ?? '',
      )
      .join(''),
    calls: content.flatMap(({ toolUse }) =>
      toolUse && toolUse.type !== 'server_tool_use' ? [{ name: toolUse.name ?? '', input: toolUse.input }] : [],
    ),
  };
}

function endOf(reason: string | undefined, usage: TokenUsage | undefined): Omit<Said, 'text' | 'calls'> {
  return {
    finish: FINISHES[reason ?? ''] ?? 'other',
    inputTokens:
      usage && (usage.inputTokens ?? 0) + (usage.cacheReadInputTokens ?? 0) + (usage.cacheWriteInputTokens ?? 0),
    outputTokens: usage?.outputTokens,
  };
}

async function gathered({ stream }: ConverseStreamCommandOutput): Promise<Said> {
  const texts: string[] = [];
  const inputs = new Map<number, { readonly name: string; json: string }>();
  let reason: string | undefined;
  let usage: TokenUsage | undefined;
  for await (const { contentBlockStart, contentBlockDelta, messageStop, metadata, ...others } of stream ?? []) {
    const called = contentBlockStart?.start?.toolUse;
    const index = (contentBlockStart ?? contentBlockDelta)?.contentBlockIndex ?? 0;
    if (called && called.type !== 'server_tool_use') inputs.set(index, { name: called.name ?? '', json: '' });
    const delta = contentBlockDelta?.delta;
    texts.push(delta?.text ?? '');
    const call = inputs.get(index);
    if (call) call.json += delta?.toolUse?.input ?? '';
    reason = messageStop?.stopReason ?? reason;
    usage = metadata?.usage ?? usage;
    const failed = Object.values(others).find((value) => value instanceof Error);
    if (failed) throw failed;
  }
  const calls = [...inputs.values()].map(({ name, json }) => ({ name, input: JSON.parse(json || '{}') as unknown }));
  return { text: texts.join(''), calls, ...endOf(reason, usage) };
}
