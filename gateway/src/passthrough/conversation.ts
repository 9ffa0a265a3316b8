import { isObject } from '../dialects/json-object.ts';
import type { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import type { FrameLine } from '../model/frame-line.ts';
import type { Usage } from '../model/reply.ts';
import type { Deadlines } from '../model/upstream.ts';
import { countOf } from './fields.ts';

/** How long a conversation may be, and be silent. */
export interface ConversationLimits {
  readonly sessionTimeoutMs: number;
  readonly sessionIdleTimeoutMs: number;
}

/** How a conversation ended. */
export interface Conversed {
  readonly usage: Usage | undefined;
  /** Why it didn't end by itself. */
  readonly error: GatewayError | undefined;
}

/** Both ends of a conversation. */
export interface Lines {
  readonly caller: FrameLine;
  readonly provider: FrameLine;
}

/** So much may wait to be sent before the other side is read no further. */
const WAITING_BYTES_MAX = 1024 * 1024;
/** Time for a side to hear that it is over. */
const LAST_WORDS_MS = 1000;
const [NORMAL, GOING_AWAY, POLICY, BROKEN] = [1000, 1001, 1008, 1011];
/** Codes that only say what happened, and can't be sent. */
const UNSENDABLE: ReadonlySet<number> = new Set([1004, 1005, 1006, 1015]);

/** Carries frames both ways as they are until one side ends it, or its time is up. Never rejects. */
export function conversed(
  { caller, provider }: Lines,
  limits: ConversationLimits,
  { deadlines, cancellation }: { readonly deadlines: Deadlines; readonly cancellation: Cancellation },
): Promise<Conversed> {
  const usage = new SpokenUsage();
  return new Promise((resolve) => {
    let isOver = false;
    const end = (code: number, reason: string, error?: GatewayError): void => {
      if (isOver) return;
      isOver = true;
      for (const timer of [session, idle]) timer.clear();
      cancellation.off(cancelled);
      for (const line of [caller, provider]) farewell(line, code, reason, deadlines);
      resolve({ usage: usage.total, error });
    };
    const cancelled = (error: GatewayError): void => end(GOING_AWAY, 'The gateway ends it.', error);
    const expired = (what: string) => () => {
      const message = `The conversation ${what}.`;
      end(POLICY, message, new GatewayError('upstream.timeout', message));
    };
    const { sessionTimeoutMs, sessionIdleTimeoutMs } = limits;
    const session = deadlines(expired(`was longer than ${sessionTimeoutMs} ms (operations.sessionTimeoutMs)`));
    const idle = deadlines(expired(`was silent for ${sessionIdleTimeoutMs} ms (operations.sessionIdleTimeoutMs)`));
    session.set(sessionTimeoutMs);
    idle.set(sessionIdleTimeoutMs);
    cancellation.on(cancelled);
    const carry = (from: FrameLine, to: FrameLine, look?: (bytes: Buffer) => void) => {
      const flow = new Flow(from, to);
      return (bytes: Buffer, isBinary: boolean): void => {
        if (isOver) return;
        idle.set(sessionIdleTimeoutMs);
        if (!isBinary) look?.(bytes);
        flow.carry(bytes, isBinary);
      };
    };
    caller.hear({
      onFrame: carry(caller, provider),
      onClose: (code, reason) => end(code, reason),
    });
    provider.hear({
      onFrame: carry(provider, caller, (bytes) => usage.look(bytes)),
      onClose: (code, reason) => end(code, reason, brokenOff(code)),
    });
  });
}

/** A provider that hangs up without a word has failed. */
function brokenOff(code: number): GatewayError | undefined {
  const isFailure = UNSENDABLE.has(code) || code === BROKEN;
  return isFailure ? new GatewayError('upstream.broke', 'The provider broke the conversation off.') : undefined;
}

function farewell(line: FrameLine, code: number, reason: string, deadlines: Deadlines): void {
  const sendable = code === 1005 ? NORMAL : UNSENDABLE.has(code) ? BROKEN : code;
  line.close(
    sendable,
    Buffer.from(reason)
      .subarray(0, 120)
      .toString('utf8')
      .replace(/\uFFFD$/, ''),
  );
  deadlines(() => line.cut()).set(LAST_WORDS_MS);
}

/** Frames in one direction, no faster than they are taken. */
class Flow {
  readonly #from: FrameLine;
  readonly #to: FrameLine;
  #waitingBytes = 0;
  #isPaused = false;

  constructor(from: FrameLine, to: FrameLine) {
    this.#from = from;
    this.#to = to;
  }

  carry(bytes: Buffer, isBinary: boolean): void {
    this.#waitingBytes += bytes.length;
    this.#to.send(bytes, isBinary, () => {
      this.#waitingBytes -= bytes.length;
      if (!this.#isPaused || this.#waitingBytes > WAITING_BYTES_MAX) return;
      this.#isPaused = false;
      this.#from.resume();
    });
    if (this.#isPaused || this.#waitingBytes <= WAITING_BYTES_MAX) return;
    this.#isPaused = true;
    this.#from.pause();
  }
}

const DONE = Buffer.from('"response.done"');

/** What all answers of a conversation took together. https://platform.openai.com/docs/api-reference/realtime-server-events/response/done */
class SpokenUsage {
  total: Usage | undefined;

  look(bytes: Buffer): void {
    if (!bytes.includes(DONE)) return;
    const event = parsed(bytes);
    if (event?.['type'] !== 'response.done' || !isObject(event['response'])) return;
    const { usage } = event['response'];
    if (isObject(usage)) this.total = sum(this.total, usageOf(usage));
  }
}

function usageOf(usage: Readonly<Record<string, unknown>>): Usage {
  const heard = isObject(usage['input_token_details']) ? usage['input_token_details'] : {};
  const said = isObject(usage['output_token_details']) ? usage['output_token_details'] : {};
  return {
    inputTokens: countOf(usage['input_tokens']) ?? 0,
    outputTokens: countOf(usage['output_tokens']) ?? 0,
    cacheReadTokens: countOf(heard['cached_tokens']) ?? 0,
    audioInputTokens: countOf(heard['audio_tokens']) ?? 0,
    audioOutputTokens: countOf(said['audio_tokens']) ?? 0,
  };
}

function sum(before: Usage | undefined, more: Usage): Usage {
  if (!before) return more;
  return {
    inputTokens: before.inputTokens + more.inputTokens,
    outputTokens: before.outputTokens + more.outputTokens,
    cacheReadTokens: (before.cacheReadTokens ?? 0) + (more.cacheReadTokens ?? 0),
    audioInputTokens: (before.audioInputTokens ?? 0) + (more.audioInputTokens ?? 0),
    audioOutputTokens: (before.audioOutputTokens ?? 0) + (more.audioOutputTokens ?? 0),
  };
}

function parsed(bytes: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
