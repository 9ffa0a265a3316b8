import { look } from '../dialects/look.ts';
import { GatewayError } from '../model/error.ts';
import type { ErrorCode } from '../model/error-rules.ts';
import type { Reply, ReplyEvent, Usage } from '../model/reply.ts';
import { Ask, type ChatRequest, type Message } from '../model/request.ts';
import type { Attempt, Outcome, Turn } from '../model/turn.ts';
import type { Deployment } from './deployment.ts';
import type { DispatchSettings, DispatchWorld, Journal } from './dispatch.ts';
import type { Plan } from './plan.ts';
import { SoFar } from './so-far.ts';

/** How a chat is put to targets. */
export type Dispatch = (turn: Turn, plan: Plan, settings: DispatchSettings, world: DispatchWorld) => Promise<Reply>;

/** What a continued dispatch works with. */
interface RelayWorld extends DispatchWorld {
  readonly dispatch: Dispatch;
}

/** Rough: what a token of English prompt takes in a request body. Used only where a provider didn't tell. */
const REQUEST_BYTES_PER_TOKEN = 4;

/** Said to the model that goes on. Not every model takes an answer's beginning for its own, so it is asked in words. */
const GO_ON =
  'Your last message was cut off by a technical failure. Continue it exactly where it stops, in the middle of a ' +
  'sentence or a word if need be. Repeat nothing, and say nothing about the interruption.';

/** Whether a stream that breaks off may be gone on with: the caller wishes it, and the answer is one plain text. */
export function mayBeContinued({ switches, ask }: Turn): boolean {
  if (!switches.continuesStreams || !ask.head.stream || (ask.head.choiceCount ?? 1) > 1) return false;
  const { output, logprobs } = ask.look();
  return (output?.type ?? 'text') === 'text' && logprobs === undefined;
}

/**
 * A stream that goes on with another target when the one that answers breaks off. What the caller heard before stays as
 * it is; the other is given it and asked to go on. Answers that call tools are never gone on with.
 */
export async function continued(turn: Turn, plan: Plan, settings: DispatchSettings, world: RelayWorld): Promise<Reply> {
  const relay = new Relay(turn, plan, settings, world);
  const first = await relay.begin();
  return { kind: 'events', events: relay.events(first) };
}

/** One answer, said by one target after the other. */
class Relay {
  readonly #turn: Turn;
  readonly #plan: Plan;
  readonly #settings: DispatchSettings;
  readonly #world: RelayWorld;
  readonly #soFar = new SoFar();
  #attempts = 0;
  #answering: Attempt | undefined;
  /** Who wants to hear how the part ends that is being said. */
  #hears: ((outcome: Outcome) => void)[] = [];

  constructor(turn: Turn, plan: Plan, settings: DispatchSettings, world: RelayWorld) {
    this.#turn = turn;
    this.#plan = plan;
    this.#settings = settings;
    this.#world = world;
    world.journal.whenOver((outcome) => this.#over(outcome));
  }

  begin(): Promise<Reply> {
    return this.#dispatch(this.#turn, this.#plan, this.#settings);
  }

  async *events(first: Reply): AsyncGenerator<ReplyEvent> {
    let reply = first;
    for (;;) {
      try {
        yield* this.#part(reply);
        return;
      } catch (thrown) {
        const error = failureOf(thrown, reply);
        const next = await this.#goOn(error);
        if (!next) throw error;
        reply = next.reply;
        yield* next.between;
      }
    }
  }

  /** What one target says. Throws when it breaks off, however it does. */
  async *#part(reply: Reply): AsyncGenerator<ReplyEvent> {
    for await (const event of look(reply)) {
      if (event.type === 'error') throw event.error;
      yield* this.#soFar.take(event);
    }
    if (!this.#soFar.isFinished)
      throw new GatewayError('upstream.broke', 'The provider’s reply stopped in the middle.');
  }

  /** The rest of the answer, from whoever can still be asked. */
  async #goOn(error: GatewayError): Promise<{ reply: Reply; between: readonly ReplyEvent[] } | undefined> {
    const attemptsMax = this.#settings.attemptsMax - this.#attempts;
    const isHopeless = error.rule.blame !== 'upstream' || error.rule.retry === 'never';
    if (isHopeless || attemptsMax < 1 || !this.#soFar.isOpen || this.#turn.cancellation.reason) return undefined;
    const { budget, clockMs } = this.#world.ports;
    if (!budget.take(this.#settings, clockMs())) return undefined;
    const took = this.#took();
    const { text, pieces } = this.#soFar;
    this.#world.journal.brokeOff(error, took);
    this.#over({ end: 'failed', usage: took, usageEstimated: true, error, blind: false });
    const turn = { ...this.#turn, ask: Ask.made(requestForRest(this.#turn.ask.look(), text, pieces)) };
    const settings = { ...this.#settings, attemptsMax, attemptsGrow: false };
    try {
      const reply = await this.#dispatch(turn, this.#planForRest(error.code), settings);
      const message = `the answer broke off here, and ${this.#answering?.target ?? 'another model'} goes on`;
      this.#world.journal.noticed(message);
      return { reply, between: [...this.#soFar.breakOff(took), { type: 'notice', message }] };
    } catch {
      return undefined; // the caller hears why the answer broke off, not that nobody else would go on
    }
  }

  /** The target that broke off is asked again only when nobody else answers. */
  #planForRest(code: ErrorCode): Plan {
    const { first, after } = this.#plan;
    const stops = [first, ...after(code)];
    const isBroken = ({ id }: Deployment): boolean => id === this.#answering?.target;
    const others = stops.map((stop) => ({ ...stop, deployments: stop.deployments.filter((one) => !isBroken(one)) }));
    const again = stops.map((stop) => ({ ...stop, deployments: stop.deployments.filter(isBroken) }));
    const [next = first, ...more] = [...others, ...again].filter(({ deployments }) => deployments.length > 0);
    return { first: next, after: () => more };
  }

  #took(): Usage {
    const { usage, pieces } = this.#soFar;
    const inputTokens = Math.ceil((this.#turn.ask.origin?.bytes.length ?? 0) / REQUEST_BYTES_PER_TOKEN);
    if (!usage) return { inputTokens, outputTokens: pieces };
    // What providers say at the start of a stream knows nothing of what they write.
    return { ...usage, outputTokens: Math.max(usage.outputTokens, pieces) };
  }

  #dispatch(turn: Turn, plan: Plan, settings: DispatchSettings): Promise<Reply> {
    const { ports, journal, dispatch } = this.#world;
    const own: Journal = {
      ...journal,
      attempted: (attempt) => {
        this.#attempts += 1;
        this.#answering = attempt;
        journal.attempted(attempt);
      },
      noticed: journal.noticed,
      brokeOff: journal.brokeOff,
      whenOver: (hear) => void this.#hears.push(hear),
    };
    return dispatch(turn, plan, settings, { ports, journal: own });
  }

  #over(outcome: Outcome): void {
    const hears = this.#hears;
    this.#hears = [];
    for (const hear of hears) hear(outcome);
  }
}

/** The same conversation with what was said so far, and the wish for the rest. */
function requestForRest(request: ChatRequest, text: string, pieces: number): ChatRequest {
  const { maxOutputTokens } = request;
  const rest = maxOutputTokens === undefined ? {} : { maxOutputTokens: Math.max(1, maxOutputTokens - pieces) };
  if (text === '') return { ...request, ...rest };
  const said: readonly Message[] = [
    { role: 'assistant', content: [{ type: 'text', text }] },
    { role: 'user', content: [{ type: 'text', text: GO_ON }] },
  ];
  return { ...request, ...rest, messages: [...request.messages, ...said] };
}

function failureOf(thrown: unknown, reply: Reply): GatewayError {
  const error =
    thrown instanceof GatewayError
      ? thrown
      : new GatewayError('upstream.bad-response', 'The provider sent something that isn’t a reply.', { cause: thrown });
  return reply.kind === 'bytes' && reply.repeatable ? reply.repeatable(error) : error;
}
