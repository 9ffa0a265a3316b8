import { GatewayError } from '../../model/error.ts';
import type { ReplyEvent, Wire } from '../../model/reply.ts';
import type { Transducer } from '../contract.ts';
import { madeId } from '../made-id.ts';
import { dataSpan, readFrame } from '../sse.ts';
import { CandidateReader } from './candidate-in.ts';
import { errorOf } from './errors.ts';
import { DIALECT, type Fields, isFields, numberOf, objectsOf, textOf } from './fields.ts';
import { usageOf } from './usage.ts';

/** Frames to events. A stream is the same object again and again, each with what is new. */
export function decodeReply(form: Wire['form']): Transducer<Buffer, ReplyEvent> {
  const reader = new ReplyReader();
  if (form === 'sse') return { push: (frame) => reader.frame(frame), end: () => reader.end() };
  return { push: (body) => reader.whole(body), end: () => [] };
}

const ENDINGS: ReadonlySet<string> = new Set(['usage', 'finish', 'error', 'end']);

/** The meter's decoder. Frames are few and whole, and every one says usage, so each is read. */
export function glanceReply(form: Wire['form']): Transducer<Buffer, ReplyEvent> {
  const { push, end } = decodeReply(form);
  const seen = (events: readonly ReplyEvent[]): readonly ReplyEvent[] => events.filter(({ type }) => ENDINGS.has(type));
  return { push: (frame) => seen(push(frame)), end: () => seen(end()) };
}

class ReplyReader {
  readonly #candidates = new Map<number, CandidateReader>();
  #id: string | undefined;
  #isRefused = false;
  #hasFailed = false;
  /** The fields at the top that were said last, since each frame says most of them again. */
  #said = '{}';

  frame(frame: Buffer): readonly ReplyEvent[] {
    const span = dataSpan(frame);
    const json = span ? frame.toString('utf8', span.start, span.end) : readFrame(frame)?.data;
    return json === undefined || json === '' ? [] : this.#read(parsed(json));
  }

  /** https://ai.google.dev/api/generate-content#generatecontentresponse */
  whole(body: Buffer): readonly ReplyEvent[] {
    const reply = parsed(body.toString('utf8'));
    const events = this.#read(reply);
    if (this.#hasFailed) return events;
    if (!isFields(reply) || (!Array.isArray(reply['candidates']) && !isFields(reply['promptFeedback'])))
      throw new GatewayError('upstream.bad-response', 'The provider’s reply has no candidates.');
    const closed = [...this.#candidates.values()].flatMap((candidate) => candidate.end());
    return [...events, ...closed, { type: 'end' }];
  }

  /** The wire has no mark for the end: a stream is over when every answer in it is. */
  end(): readonly ReplyEvent[] {
    const candidates = [...this.#candidates.values()];
    const isOver = this.#isRefused || (candidates.length > 0 && candidates.every(({ isFinished }) => isFinished));
    if (this.#hasFailed || !isOver) return [];
    return [...candidates.flatMap((candidate) => candidate.end()), { type: 'end' }];
  }

  #read(reply: unknown): readonly ReplyEvent[] {
    const [first] = objectsOf(reply);
    if (first && first['error'] !== undefined) {
      this.#hasFailed = true;
      return [{ type: 'error', error: errorOf(reply) }];
    }
    if (!isFields(reply))
      throw new GatewayError('upstream.bad-response', 'The provider answered JSON that isn’t an object.');
    const { candidates, usageMetadata, modelVersion: _model, responseId: _id, ...fields } = reply;
    const events: ReplyEvent[] = [...this.#start(reply), ...this.#native(fields)];
    for (const candidate of objectsOf(candidates)) events.push(...this.#candidate(candidate));
    events.push(...this.#refusal(fields));
    const usage = isFields(usageMetadata) ? usageOf(usageMetadata) : undefined;
    // Before the end of an answer, since other wires say it there.
    if (usage) events.splice(placeForUsage(events), 0, { type: 'usage', usage });
    return events;
  }

  #start(reply: Fields): readonly ReplyEvent[] {
    if (this.#id !== undefined) return [];
    const { responseId, modelVersion, createTime } = reply;
    this.#id = textOf(responseId) ?? madeId(JSON.stringify(reply));
    const seconds = Math.floor(Date.parse(textOf(createTime) ?? '') / 1000);
    const created = Number.isNaN(seconds) ? {} : { createdAtSeconds: seconds };
    return [{ type: 'start', id: this.#id, model: textOf(modelVersion) ?? '', ...created }];
  }

  #native(fields: Fields): readonly ReplyEvent[] {
    const said = JSON.stringify(fields);
    if (said === this.#said) return [];
    this.#said = said;
    return [{ type: 'native', dialect: DIALECT, fields }];
  }

  #candidate(candidate: Fields): ReplyEvent[] {
    const choice = numberOf(candidate['index']) ?? 0;
    let reader = this.#candidates.get(choice);
    if (!reader) {
      reader = new CandidateReader(choice, (this.#id ?? '').replaceAll(/[^a-zA-Z0-9_-]/g, '_'));
      this.#candidates.set(choice, reader);
    }
    return reader.read(candidate);
  }

  /** A prompt that was refused has no answers at all. */
  #refusal({ promptFeedback }: Fields): ReplyEvent[] {
    const isRefused = isFields(promptFeedback) && textOf(promptFeedback['blockReason']) !== undefined;
    if (!isRefused || this.#isRefused || this.#candidates.size > 0) return [];
    this.#isRefused = true;
    return [{ type: 'finish', choice: 0, reason: 'content-filter' }];
  }
}

function placeForUsage(events: readonly ReplyEvent[]): number {
  const at = events.findIndex(({ type }) => type === 'finish');
  return at === -1 ? events.length : at;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new GatewayError('upstream.bad-response', 'The provider answered something that isn’t JSON.', { cause });
  }
}
