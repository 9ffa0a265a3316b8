import { z } from 'zod';
import { Config } from '../src/config/schema.ts';
import { Cancellation } from '../src/model/cancellation.ts';
import { GatewayError } from '../src/model/error.ts';
import type { AskedCall, ModelAnswer, ModelQuestion } from '../src/model/model-question.ts';
import type { Caller, Switches } from '../src/model/turn.ts';
import { agent } from '../src/tools/agent/agent.ts';
import type { AgentPorts, AgentSettings } from '../src/tools/agent/agent-run.ts';
import { calculator } from '../src/tools/calculator/calculator.ts';
import { type Tool, toolOf } from '../src/tools/contract.ts';
import { ToolBox } from '../src/tools/tool-box.ts';
import { handTurned, settled } from './support.ts';

/** What a model says in an agent's loop, by what it is asked and how often it was asked before. */
export type AgentModel = (question: ModelQuestion, before: number) => ModelAnswer;

/** An answer that ends the work. */
export function ends(text: string, fields: Partial<ModelAnswer> = {}): ModelAnswer {
  const usage = { inputTokens: 10, outputTokens: 2 };
  const cost = { nanousd: 1_000_000 };
  return { text, refusal: undefined, isCut: false, calls: [], parts: [{ type: 'text', text }], usage, cost, ...fields };
}

/** An answer that asks for tools. */
export function calls(...wanted: readonly (readonly [tool: string, parameters: unknown])[]): ModelAnswer {
  const asked = wanted.map(([tool, parameters], at): AskedCall => {
    return { id: `c${at}`, tool, input: typeof parameters === 'string' ? parameters : JSON.stringify(parameters) };
  });
  const parts = asked.map(({ id, tool: name, input }) => ({ type: 'tool-call', id, name, input }) as const);
  return ends('', { calls: asked, parts });
}

/** Calculates once. */
export const calculates = (expression: string): ModelAnswer => calls(['calculator', { expression }]);

/** A tool that says what it is told. */
export function echo(onRun: (text: string) => void = () => undefined): Tool {
  return toolOf({
    name: 'echo',
    description: 'Says what it is told.',
    parameters: z.strictObject({ text: z.string().max(10_000) }),
    mainParameter: 'text',
    run: async ({ text }) => {
      onRun(text);
      await settled();
      return { result: text, text };
    },
  });
}

/** A tool that never comes back by itself. */
export function stuck(): Tool {
  return { ...echo(), name: 'stuck', run: () => new Promise(() => undefined) };
}

/** What may be other than usual. */
export interface AgentWorld {
  readonly settings?: Partial<AgentSettings>;
  readonly tools?: readonly Tool[];
  readonly roles?: Readonly<Record<string, Caller['role']>>;
  readonly masking?: AgentPorts['masking'];
}

/** The agent `research` in a box of tools, with a model that is a function. */
export function agentWork(model: AgentModel, { settings = {}, tools, roles = {}, masking }: AgentWorld = {}) {
  const questions: ModelQuestion[] = [];
  const asked: { readonly caller: Caller; readonly switches: Switches }[] = [];
  const said = { name: 'research', description: 'Looks things up.', model: 'worker', instructions: 'Find out.' };
  const listed = (tools ?? [calculator(), echo(), stuck()]).map(({ name }) => name);
  const [whole] = Config.parse({
    agents: [{ ...said, tools: listed.filter((name) => !name.startsWith('agent_')) }],
  }).agents;
  if (!whole) throw new Error('There is one agent.');
  const clock = handTurned();
  const ports: AgentPorts = {
    ask: async (question, { caller, cancellation, switches }) => {
      if (cancellation.reason) throw cancellation.reason;
      asked.push({ caller, switches });
      questions.push(question);
      const answer = model(question, questions.length - 1);
      await settled();
      if (cancellation.reason) throw cancellation.reason;
      return answer;
    },
    toolBox: () => box,
    masking: masking ?? (() => undefined),
  };
  const box: ToolBox = new ToolBox(
    [...(tools ?? [calculator(), echo(), stuck()]), agent({ ...whole, ...settings }, ports)],
    { off: [], roles, timeoutMs: 100 },
    { ...clock.clocks, deadlines: clock.deadlines },
  );
  const cancellation = new Cancellation();
  return {
    box,
    clock,
    questions,
    asked,
    cancellation,
    leave: () => cancellation.cancel(new GatewayError('request.cancelled', 'Gone.')),
    run: (task = 'Find out.', caller: Caller = { keyId: 'k', role: 'basic' }, switches: Switches = {}) =>
      box.run({ tool: 'agent_research', parameters: { task } }, { caller, cancellation, switches }),
  };
}

/** What the model was told by tools before a question, parsed. */
export function toldBy({ said }: ModelQuestion): unknown[] {
  return said.flatMap((one) => (one.role === 'tool' ? [JSON.parse(one.text)] : []));
}
