import type { ChatReply, Choice } from '../../model/fold.ts';
import type { ReplyEvent, Wire } from '../../model/reply.ts';
import type { EncodeOptions, Transducer } from '../contract.ts';
import { foldedBody } from '../folded-body.ts';
import { wholeBlock } from './block-out.ts';
import { DIALECT, type Fields } from './fields.ts';
import { stopOf } from './stop-reason.ts';
import { STREAM_EVENT } from './frame-json.ts';
import { streamEncoder } from './stream-out.ts';
import { usageOut } from './usage.ts';

/** Events to bytes. This wire says usage always, and has room for one answer only: the first is said. */
export function encodeReply(form: Wire['form'], options: EncodeOptions): Transducer<ReplyEvent, Buffer> {
  return form === 'sse' ? streamEncoder(options) : foldedBody((reply) => messageOut(reply, options.model));
}

function messageOut(reply: ChatReply, model: string): Fields {
  const choice = reply.choices.find(({ index }) => index === 0);
  return {
    ...nativeFields(reply),
    id: reply.id,
    type: 'message',
    role: 'assistant',
    model,
    content: choice?.blocks.map(wholeBlock).filter((block) => block !== undefined) ?? [],
    ...stopFields(choice),
    usage: usageOut(reply.usage),
  };
}

function nativeFields({ native }: ChatReply): Fields {
  const own = native.filter(({ dialect }) => dialect === DIALECT).map(({ fields }) => fields);
  const { [STREAM_EVENT]: _event, ...fields } = Object.assign({}, ...own) as Fields;
  return fields;
}

function stopFields(choice: Choice | undefined): Fields {
  const refused = choice?.blocks.some(({ kind }) => kind === 'refusal') ?? false;
  if (!choice?.finish) return stopOf(undefined, refused);
  const { finish: reason, nativeFinish, stopSequence } = choice;
  return stopOf(
    {
      reason,
      ...(nativeFinish ? { native: nativeFinish } : {}),
      ...(stopSequence === undefined ? {} : { stopSequence }),
    },
    refused,
  );
}
