import { Cancellation } from '../src/model/cancellation.ts';
import type { ModelAnswer, ModelQuestion } from '../src/model/model-question.ts';
import { Config } from '../src/config/schema.ts';
import type { ActName, Progress } from '../src/prompting/contract.ts';
import { prompting, type PromptingSettings } from '../src/prompting/prompting.ts';
import { handTurned, settled } from './support.ts';

/** What a scripted model says: a text, an object that is said as JSON, or more about the answer. */
export type Says = string | object;
/** A model for prompt work: hears a question, and its material where that is JSON. */
export type ScriptedModel = (question: ModelQuestion, material: Readonly<Record<string, unknown>>) => Says;

/** Work on prompts with a model that is a function. */
export function promptWork(model: ScriptedModel, settings: Partial<PromptingSettings> = {}) {
  const questions: ModelQuestion[] = [];
  const progress: Progress[] = [];
  const clock = handTurned();
  const cancellation = new Cancellation();
  const work = prompting(
    { ...Config.parse({ prompting: { model: 'worker' } }).prompting, ...settings },
    {
      ask: async (question, { cancellation: inner }) => {
        questions.push(question);
        const answer = answerOf(model(question, materialOf(question)));
        await settled();
        if (inner.reason) throw inner.reason;
        return answer;
      },
      counterFor: () =>
        Promise.resolve({ tokenizer: 'words', isExact: true, count: (text) => text.split(/\s+/).length }),
      deadlines: clock.deadlines,
      random: () => 0.5,
    },
  );
  return {
    questions,
    progress,
    cancellation,
    clock,
    run: (name: ActName, fields: object) =>
      work.prepare(name, fields as Record<string, unknown>).run({
        caller: { keyId: 'k', role: 'admin' },
        switches: {},
        cancellation,
        onProgress: (at) => progress.push(at),
      }),
  };
}

/** An answer of a scripted model. */
export function answerOf(said: Says): ModelAnswer {
  const text = typeof said === 'string' ? said : JSON.stringify(said);
  return {
    text,
    refusal: undefined,
    isCut: false,
    calls: [],
    parts: [{ type: 'text', text }],
    usage: { inputTokens: 10, outputTokens: 2 },
    cost: { nanousd: 1_000_000 },
  };
}

/** What a question is about, where it is JSON. */
export function materialOf({ said }: ModelQuestion): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(said[0]?.text ?? '') as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Which kind of answer a question wants: `translation`, `judgement`, `variation` …; `undefined` for words. */
export function formOf({ output }: ModelQuestion): string | undefined {
  return output?.type === 'json-schema' ? output.name : undefined;
}

/** A judge that likes long prompts: 20 words are perfect. */
export function likesLength(prompt: unknown): object {
  const score = Math.min(1, String(prompt).split(/\s+/).length / 20);
  return { clarity: score, specificity: score, completeness: score, remarks: 'Longer.' };
}
