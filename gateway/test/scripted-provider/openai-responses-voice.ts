import { openaiChatVoice, openaiError } from './openai-chat-voice.ts';
import { type Asked, CREATED, frame, listOf, type Speech, textOf, type Voice, wordOf } from './voice.ts';

/** https://platform.openai.com/docs/api-reference/responses and …/responses-streaming */
export const openaiResponsesVoice: Voice = {
  asked,
  json: (speech) => response(speech, 'completed', itemsOf(speech)),
  frames,
  error: openaiError,
  errorFrame: (message) =>
    frame({ type: 'error', sequence_number: 9, ...(openaiError(500, message) as object) }, 'error'),
  pings: [],
};

function asked(body: Readonly<Record<string, unknown>>, path: string): Asked {
  const input = body['input'];
  const users = listOf(input).filter((one) => one['role'] === 'user');
  return {
    ...openaiChatVoice.asked(body, path),
    includeUsage: true,
    answersTool: listOf(input).at(-1)?.['type'] === 'function_call_output',
    lastText: typeof input === 'string' ? input : textOf(users.at(-1)?.['content']),
  };
}

function response(speech: Speech, status: string, output: readonly unknown[]): Readonly<Record<string, unknown>> {
  const { id, model, usage, finish } = speech;
  const isDone = status === 'completed';
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: CREATED,
    status: isDone ? (finish === undefined ? status : 'incomplete') : status,
    error: null,
    incomplete_details: isDone && finish !== undefined ? { reason: finish } : null,
    model,
    output,
    parallel_tool_calls: true,
    tool_choice: 'auto',
    tools: [],
    usage: isDone && usage ? usageOf(usage) : null,
  };
}

function usageOf({ input, output, cached = 0, reasoning = 0 }: NonNullable<Speech['usage']>): unknown {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}

type Item = Readonly<Record<string, unknown>>;

function itemsOf(speech: Speech): readonly Item[] {
  const { id, reasoning, calls, textPieces } = speech;
  const summary = [{ type: 'summary_text', text: reasoning }];
  const thoughts = reasoning === undefined ? [] : [{ id: `rs_${id}`, type: 'reasoning', summary }];
  const status = speech.finish === undefined ? 'completed' : 'incomplete';
  if (calls.length === 0) return [...thoughts, messageOf(id, status, [textPart(textPieces.join(''))])];
  return [...thoughts, ...calls.map((call, index) => callOf(id, call, index))];
}

function messageOf(id: string, status: string, content: readonly unknown[]): Item {
  return { id: `msg_${id}`, type: 'message', status, role: 'assistant', content };
}

function textPart(text: string): Item {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}

function callOf(id: string, { name, arguments: input }: Speech['calls'][number], index: number): Item {
  return {
    id: `fc_${id}_${index}`,
    type: 'function_call',
    status: 'completed',
    call_id: `call_${id}_${index}`,
    name,
    arguments: JSON.stringify(input),
  };
}

/** The first frame says nothing yet. */
function frames(speech: Speech): readonly Buffer[] {
  let sequence = 0;
  const say = (type: string, fields: object): Buffer => frame({ type, sequence_number: sequence++, ...fields }, type);
  const items = itemsOf(speech);
  return [
    say('response.created', { response: response(speech, 'in_progress', []) }),
    ...items.flatMap((item, index) => itemFrames(item, index, { say, speech })),
    say(speech.finish === undefined ? 'response.completed' : 'response.incomplete', {
      response: response(speech, 'completed', items),
    }),
  ];
}

interface Saying {
  readonly say: (type: string, fields: object) => Buffer;
  readonly speech: Speech;
}

function itemFrames(item: Item, index: number, { say, speech }: Saying): readonly Buffer[] {
  const place = { item_id: item['id'], output_index: index };
  const opening = { ...item, status: 'in_progress', ...EMPTY[wordOf(item['type'])] };
  const first = say('response.output_item.added', { output_index: index, item: opening });
  const inside = PIECES[wordOf(item['type'])]?.(item, place, { say, speech }) ?? [];
  return [first, ...inside, say('response.output_item.done', { output_index: index, item })];
}

const EMPTY: Readonly<Record<string, Item>> = {
  message: { content: [] },
  reasoning: { summary: [] },
  function_call: { arguments: '' },
};

const PIECES: Readonly<Record<string, (item: Item, place: object, saying: Saying) => readonly Buffer[]>> = {
  message: (_, place, { say, speech }) => {
    const at = { ...place, content_index: 0 };
    const text = speech.textPieces.join('');
    return [
      say('response.content_part.added', { ...at, part: textPart('') }),
      ...speech.textPieces.map((delta) => say('response.output_text.delta', { ...at, delta, logprobs: [] })),
      say('response.output_text.done', { ...at, text, logprobs: [] }),
      say('response.content_part.done', { ...at, part: textPart(text) }),
    ];
  },
  reasoning: (_, place, { say, speech }) => {
    const at = { ...place, summary_index: 0 };
    const text = speech.reasoning ?? '';
    return [
      say('response.reasoning_summary_part.added', { ...at, part: { type: 'summary_text', text: '' } }),
      say('response.reasoning_summary_text.delta', { ...at, delta: text }),
      say('response.reasoning_summary_text.done', { ...at, text }),
      say('response.reasoning_summary_part.done', { ...at, part: { type: 'summary_text', text } }),
    ];
  },
  function_call: (item, place, { say }) => {
    const input = wordOf(item['arguments']);
    const middle = Math.ceil(input.length / 2);
    return [
      ...[input.slice(0, middle), input.slice(middle)].map((delta) =>
        say('response.function_call_arguments.delta', { ...place, delta }),
      ),
      say('response.function_call_arguments.done', { ...place, arguments: input }),
    ];
  },
};
