import type { ReplyEvent, Wire } from '../../model/reply.ts';
import type { Transducer } from '../contract.ts';
import { replyError } from '../openai-errors.ts';
import { DIALECT, type Fields, isFields, numberOf, textOf } from './fields.ts';
import { errorIn, frameEvent, parsedResponse, streamError } from './frame-json.ts';
import { ItemsReading, type PartPlace } from './items-reading.ts';
import { finishOf } from './status.ts';
import { usageOf } from './usage.ts';

/** Frames to events. */
export function decodeReply(form: Wire['form']): Transducer<Buffer, ReplyEvent> {
  const reader = new ReplyReader();
  if (form === 'json') return { push: (body) => reader.whole(body), end: () => [] };
  return { push: (frame) => reader.frame(frame), end: () => [] };
}

/** The events that a response ends a stream with. */
export const LAST_EVENTS: ReadonlySet<unknown> = new Set(['response.completed', 'response.incomplete']);

class ReplyReader {
  readonly #items = new ItemsReading();
  #isOver = false;
  #hasStarted = false;
  /** The fields at the top that were said last, since the last event says most of them again. */
  #said = '{}';

  /** https://platform.openai.com/docs/api-reference/responses/object */
  whole(body: Buffer): readonly ReplyEvent[] {
    const response = parsedResponse(body);
    const error = errorIn(response);
    if (error) return [{ type: 'error', error: replyError(error) }];
    return this.#ended(response);
  }

  /** https://platform.openai.com/docs/api-reference/responses-streaming */
  frame(frame: Buffer): readonly ReplyEvent[] {
    const event = this.#isOver ? undefined : frameEvent(frame);
    if (!event) return [];
    const error = streamError(event);
    if (error) {
      this.#isOver = true;
      return [{ type: 'error', error: replyError(error) }];
    }
    const { type, response } = event;
    if (isFields(response)) return LAST_EVENTS.has(type) ? this.#ended(response) : this.#begun(response);
    this.#read(event);
    return this.#items.taken();
  }

  #read(event: Fields): void {
    const { type, item, part, annotation, delta } = event;
    const index = numberOf(event['output_index']) ?? 0;
    const place = placeOf(event);
    switch (type) {
      case 'response.output_item.added':
        if (isFields(item)) this.#items.added(index, item);
        break;
      case 'response.output_item.done':
        if (isFields(item)) this.#items.done(index, item);
        break;
      case 'response.content_part.added':
      case 'response.reasoning_part.added':
      case 'response.reasoning_summary_part.added':
        if (isFields(part)) this.#items.partAdded(index, place, part);
        break;
      case 'response.output_text.delta':
      case 'response.refusal.delta':
      case 'response.reasoning_text.delta':
      case 'response.reasoning_summary_text.delta':
        this.#items.delta(index, place, event);
        break;
      case 'response.output_text.annotation.added':
        this.#items.annotated(index, place, annotation);
        break;
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        this.#items.inputDelta(index, delta);
        break;
      default:
      // What else is said is how far a tool of the provider's has come, and stands in its item in the end.
    }
  }

  #begun(response: Fields): readonly ReplyEvent[] {
    const { id, object: _object, created_at: createdAt, model, output: _output, usage: _usage, ...rest } = response;
    const { status: _status, error: _error, incomplete_details: _details, ...fields } = rest;
    const events: ReplyEvent[] = [];
    if (!this.#hasStarted) {
      this.#hasStarted = true;
      const seconds = numberOf(createdAt);
      const created = seconds === undefined ? {} : { createdAtSeconds: Math.floor(seconds) };
      events.push({ type: 'start', id: textOf(id) ?? '', model: textOf(model) ?? '', ...created });
    }
    const said = JSON.stringify(fields);
    if (said !== this.#said) events.push({ type: 'native', dialect: DIALECT, fields });
    this.#said = said;
    return events;
  }

  #ended(response: Fields): readonly ReplyEvent[] {
    const begun = this.#begun(response);
    this.#isOver = true;
    this.#items.allDone(response['output']);
    const usage = usageOf(response);
    return [
      ...begun,
      ...this.#items.taken(),
      ...(usage ? [{ type: 'usage', usage } as const] : []),
      finishOf(response, this.#items.calledTools),
      { type: 'end' },
    ];
  }
}

function placeOf({ summary_index: summary, content_index: content }: Fields): PartPlace {
  const index = numberOf(summary);
  return index === undefined ? `content:${numberOf(content) ?? 0}` : `summary:${index}`;
}
