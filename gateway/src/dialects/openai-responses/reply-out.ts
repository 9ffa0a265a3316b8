import type { GatewayError } from '../../model/error.ts';
import type { ReplyEvent, Usage, Wire } from '../../model/reply.ts';
import type { EncodeOptions, Transducer } from '../contract.ts';
import { writeError } from '../openai-errors.ts';
import { sseFrame } from '../sse.ts';
import { DIALECT, type Fields, isFields } from './fields.ts';
import { OutputItems } from './output-items.ts';
import { type Status, statusOut } from './status.ts';
import { usageOut } from './usage.ts';

/** Events to bytes. This wire says usage always, and has room for one answer only: the first is said. */
export function encodeReply(form: Wire['form'], options: EncodeOptions): Transducer<ReplyEvent, Buffer> {
  const writing = new ResponseWriting(options, form === 'sse');
  if (form === 'sse') return { push: (event) => writing.stream(event), end: () => writing.end() };
  return {
    push(event) {
      if (event.type === 'error') throw event.error;
      writing.stream(event);
      return [];
    },
    end: () => [Buffer.from(JSON.stringify(writing.whole()))],
  };
}

/** What a response says of its request, which isn't known here. */
const UNTOLD: Fields = {
  instructions: null,
  max_output_tokens: null,
  metadata: {},
  parallel_tool_calls: true,
  previous_response_id: null,
  reasoning: { effort: null, summary: null },
  store: false,
  temperature: null,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [],
  top_p: null,
  truncation: 'disabled',
  user: null,
};

const IN_PROGRESS: Status = { status: 'in_progress', incomplete_details: null };

/** It didn't come to its end, so nothing is said of why it might be incomplete. */
const FAILED = { status: 'failed', incomplete_details: null } as const;

/** What an error inside a response is called. https://platform.openai.com/docs/api-reference/responses/object */
function failureCode({ code }: GatewayError): string {
  if (code === 'upstream.rate-limited') return 'rate_limit_exceeded';
  return code === 'upstream.context-window' ? 'context_length_exceeded' : 'server_error';
}

/** Writes a response as it grows. https://platform.openai.com/docs/api-reference/responses-streaming */
class ResponseWriting {
  readonly #options: EncodeOptions;
  readonly #isStream: boolean;
  readonly #items = new OutputItems((type, fields) => this.#say(type, fields));
  #frames: Buffer[] = [];
  #sequence = 0;
  #start: Extract<ReplyEvent, { type: 'start' }> = { type: 'start', id: '', model: '' };
  #own: Fields | undefined;
  #usage: Usage | undefined;
  #finish: Extract<ReplyEvent, { type: 'finish' }> | undefined;
  #state: 'before' | 'within' | 'over' = 'before';

  constructor(options: EncodeOptions, isStream: boolean) {
    this.#options = options;
    this.#isStream = isStream;
  }

  stream(event: ReplyEvent): readonly Buffer[] {
    if (this.#state !== 'over') this.#take(event);
    return this.#flush();
  }

  /** A reply that stopped without a proper end gets none here either. */
  end(): readonly Buffer[] {
    if (this.#state !== 'over' && this.#finish) this.#close();
    return this.#flush();
  }

  whole(): Fields {
    if (this.#state !== 'over') this.#close();
    return this.#response(statusOut(this.#finish));
  }

  #take(event: ReplyEvent): void {
    switch (event.type) {
      case 'start':
        this.#start = event;
        break;
      case 'usage':
        this.#usage = event.usage;
        break;
      case 'native':
        if (event.dialect === DIALECT) this.#own = { ...this.#own, ...event.fields };
        break;
      case 'error':
        this.#state = 'over';
        this.#fail(event.error);
        break;
      case 'end':
        this.#close();
        break;
      case 'notice':
        break;
      default:
        // The wire has room for one answer.
        if (event.choice === 0) this.#takeContent(event);
    }
  }

  #takeContent(event: Exclude<ReplyEvent, { type: 'start' | 'usage' | 'native' | 'error' | 'end' | 'notice' }>): void {
    if (event.type === 'finish') {
      // What follows the finish is usage at most, so nothing needs to wait for it but the last event.
      this.#finish = event;
      return;
    }
    this.#begin();
    if (event.type === 'block-start') this.#items.start(event.block, event.start, this.#start.id);
    else if (event.type === 'block-end') this.#items.end(event.block);
    else if (event.type === 'logprobs') this.#items.logprobs(event.tokens);
    else this.#items.delta(event);
  }

  /** Said with the first content and not before, since what else is known of the response comes right after the start. */
  #begin(): void {
    if (this.#state !== 'before') return;
    this.#state = 'within';
    this.#say('response.created', { response: this.#response(IN_PROGRESS) });
    this.#say('response.in_progress', { response: this.#response(IN_PROGRESS) });
  }

  #close(): void {
    this.#begin();
    const status = statusOut(this.#finish);
    const isCut = status.status === 'incomplete';
    this.#items.endAll(isCut ? 'incomplete' : 'completed');
    this.#say(isCut ? 'response.incomplete' : 'response.completed', { response: this.#response(status) });
    this.#state = 'over';
  }

  #response({ status, incomplete_details }: Status, error: Fields | null = null): Fields {
    const { id, createdAtSeconds } = this.#start;
    return {
      id,
      object: 'response',
      created_at: createdAtSeconds ?? this.#options.nowSeconds ?? 0,
      status,
      error,
      incomplete_details,
      ...(this.#own ?? UNTOLD),
      model: this.#options.model,
      output: this.#items.list(),
      usage: usageOut(status === 'in_progress' ? undefined : this.#usage),
    };
  }

  /** Some clients throw at the one (and read the error at its top or in an object of its own), others wait for the other. */
  #fail(thrown: GatewayError): void {
    const error = writeError(thrown)['error'];
    const { code, message, param } = isFields(error) ? error : {};
    this.#say('error', { code, message, param, error });
    const failed = { code: failureCode(thrown), message };
    this.#say('response.failed', { response: this.#response(FAILED, failed) });
  }

  #say(type: string, fields: Fields): void {
    if (!this.#isStream) return;
    this.#frames.push(sseFrame({ type, sequence_number: this.#sequence, ...fields }, type));
    this.#sequence += 1;
  }

  #flush(): readonly Buffer[] {
    const frames = this.#frames;
    this.#frames = [];
    return frames;
  }
}
