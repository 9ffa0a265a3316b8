import { z } from 'zod';
import { type Tool, toolOf } from '../contract.ts';
import { type AgentPorts, AgentRun, type AgentSettings } from './agent-run.ts';
import { AGENT_PREFIX } from './agent-tools.ts';

const TASK_CHARACTERS_MAX = 100_000;

/** A model that works on a task with some of the gateway's tools, as long as its limits let it. */
export function agent(settings: AgentSettings, ports: AgentPorts): Tool {
  const { name, description, role, timeoutMs } = settings;
  return toolOf({
    name: `${AGENT_PREFIX}${name}`,
    description,
    parameters: z.strictObject({
      task: z.string().trim().min(1).max(TASK_CHARACTERS_MAX).describe('What the agent shall do or find out.'),
    }),
    mainParameter: 'task',
    requiredRole: role,
    timeLimit: { ms: timeoutMs, setting: `timeoutMs of the agent "${name}"` },
    run: ({ task }, context) => new AgentRun(settings, ports, context).run(task),
  });
}
