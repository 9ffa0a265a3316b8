import { look } from '../dialects/look.ts';
import type { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import { fold } from '../model/fold.ts';
import { Ask, type Message } from '../model/request.ts';
import type { Caller, Turn, TurnRecord } from '../model/turn.ts';
import { run, type Pipeline } from './run.ts';
import { Trail, type TrailClocks } from './trail.ts';

/** What asking a model from within needs. */
export interface ModelAskerPorts {
  readonly model: string;
  readonly pipeline: () => Pipeline;
  /** Throws when the caller may not use the model. */
  readonly authorize: (turn: Turn) => void;
  readonly onRecord: (record: TurnRecord) => void;
  readonly clocks: TrailClocks;
  readonly newId: () => string;
  /** Names the turns in records. */
  readonly tag: string;
}

interface Circumstances {
  readonly caller: Caller;
  readonly cancellation: Cancellation;
}

/** Asks a model as any caller would: along the line, on the caller's account, with a record of its own. */
export function modelAsker(ports: ModelAskerPorts) {
  return async (
    task: { readonly instructions: string; readonly text: string },
    { caller, cancellation }: Circumstances,
  ): Promise<string> => {
    const messages: Message[] = [
      { role: 'system', content: [{ type: 'text', text: task.instructions }] },
      { role: 'user', content: [{ type: 'text', text: task.text }] },
    ];
    const turn: Turn = {
      id: ports.newId(),
      caller,
      dialect: 'openai-chat',
      ask: Ask.made({ model: ports.model, messages, stream: false, usageWanted: true }),
      // A tool that asks a model whose words ask a tool would never end.
      switches: { disableKeywordDetection: true, tags: [ports.tag] },
      ownFields: [],
      cancellation,
      headers: {},
      warnings: [],
    };
    ports.authorize(turn);
    const reply = await run(ports.pipeline(), new Trail(turn, ports.onRecord, ports.clocks));
    const events = [];
    for await (const event of look(reply)) events.push(event);
    const blocks = fold(events).choices[0]?.blocks ?? [];
    const text = blocks.map((block) => (block.kind === 'text' ? block.text : '')).join('');
    if (text.trim() === '') throw new GatewayError('tool.failed', 'The model answered nothing.');
    return text.trim();
  };
}
