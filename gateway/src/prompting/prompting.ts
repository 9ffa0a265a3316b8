import { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import type { ModelAnswer, ModelQuestion } from '../model/model-question.ts';
import type { Deadlines } from '../model/upstream.ts';
import { acts } from './acts.ts';
import type { PreparedAct, Prompting, PromptingLimits, WorkCircumstances } from './contract.ts';
import { ModelWork, type WorkSettings } from './model-work.ts';

/** What the operator set about work on prompts. */
export interface PromptingSettings extends PromptingLimits, Omit<WorkSettings, 'model'> {
  readonly model?: string | undefined;
  readonly timeoutMs: number;
}

/** Counts tokens, and says how well. */
interface Counter {
  readonly tokenizer: string;
  readonly isExact: boolean;
  readonly count: (text: string) => number;
}

/** What work on prompts needs of the world. */
export interface PromptingPorts {
  readonly ask: (question: ModelQuestion, circumstances: Omit<WorkCircumstances, 'onProgress'>) => Promise<ModelAnswer>;
  readonly counterFor: (model: string) => Promise<Counter>;
  readonly deadlines: Deadlines;
  readonly random: () => number;
}

/** Work on prompts, as this gateway is set up for it. */
export function prompting(settings: PromptingSettings, ports: PromptingPorts): Prompting {
  return {
    body: (name) => acts[name].body(settings),
    prepare: (name, fields) => {
      const act = acts[name].prepare(fields, settings);
      const model = act.model ?? settings.model;
      if (model === undefined) throw unconfigured();
      return {
        isStreamed: act.isStreamed,
        run: (circumstances) =>
          inTime(settings.timeoutMs, circumstances, ports, (cancellation) =>
            worked(act, { ...settings, model }, { ...circumstances, cancellation }, ports),
          ),
      };
    },
  };
}

async function worked(
  act: PreparedAct,
  settings: WorkSettings,
  { onProgress, ...circumstances }: WorkCircumstances,
  { ask, counterFor, random }: PromptingPorts,
): Promise<Readonly<Record<string, unknown>>> {
  const { count, tokenizer, isExact } = await counterFor(settings.model);
  let last: Parameters<typeof onProgress>[0] | undefined;
  const work = new ModelWork(
    (question) => ask(question, circumstances),
    settings,
    (calls) => {
      if (last) onProgress((last = { ...last, calls }));
    },
  );
  const answer = await act.run({
    work,
    countTokens: count,
    random,
    onProgress: (progress) => onProgress((last = { ...progress, calls: work.calls })),
  });
  const metadata = {
    ...(answer['metadata'] as object | undefined),
    model: settings.model,
    calls: work.calls,
    ...work.spending.out(),
    tokenizer,
    exact_tokens: isExact,
  };
  return { ...answer, metadata };
}

/** Whoever asked may go away, or its time may be up: both end every question at once. */
async function inTime<T>(
  timeoutMs: number,
  { cancellation: outer, switches }: WorkCircumstances,
  { deadlines }: PromptingPorts,
  work: (cancellation: Cancellation) => Promise<T>,
): Promise<T> {
  const cancellation = new Cancellation();
  const deadline = deadlines(() => cancellation.cancel(tooLate()));
  deadline.set(Math.min(timeoutMs, switches.timeoutMs ?? timeoutMs));
  outer.on(cancellation.cancel);
  try {
    return await work(cancellation);
  } finally {
    deadline.clear();
    outer.off(cancellation.cancel);
  }
}

function tooLate(): GatewayError {
  return new GatewayError('upstream.timeout', 'The work took longer than its total time allows (prompting.timeoutMs).');
}

function unconfigured(): GatewayError {
  return new GatewayError(
    'prompting.unconfigured',
    'No model is set up for work on prompts: set prompting.model, or name one in "model".',
    { param: 'model' },
  );
}
