import { expect, test } from 'vitest';
import { z } from 'zod';
import { failureOf, handTurned } from '../../test/support.ts';
import { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import type { Caller } from '../model/turn.ts';
import { type Tool, type ToolContext, toolOf } from './contract.ts';
import { ToolBox, type ToolRules } from './tool-box.ts';

const basic: Caller = { keyId: 'k', role: 'basic' };

function echo(name = 'echo', missing?: string): Tool {
  return toolOf({
    name,
    description: 'Says what it is told.',
    parameters: z.strictObject({ text: z.string().max(10) }),
    mainParameter: 'text',
    missing,
    run: ({ text }, { nowMs }) => ({ result: { text, nowMs }, text }),
  });
}

function box(tools: readonly Tool[] = [echo()], rules: Partial<ToolRules> = {}) {
  const clock = handTurned();
  const tool = new ToolBox(
    tools,
    { off: [], roles: {}, timeoutMs: 100, ...rules },
    { ...clock.clocks, deadlines: clock.deadlines },
  );
  const run = (name: string, parameters: Record<string, unknown>, caller = basic, cancellation = new Cancellation()) =>
    tool.run({ tool: name, parameters }, { caller, cancellation });
  return { tool, run, ...clock };
}

test('a tool is found by its name, told the time, and run', async () => {
  expect(await box().run('echo', { text: 'Hello' })).toEqual({ result: { text: 'Hello', nowMs: 1000 }, text: 'Hello' });
});

test.each([
  [{ text: 'much too long' }, 'parameters.text'],
  [{ text: 5 }, 'parameters.text'],
  [{}, 'parameters.text'],
  [{ text: 'x', extra: 1 }, 'parameters.extra'],
])('%o is not what it takes', async (parameters, param) => {
  const error = await failureOf(box().run('echo', parameters));
  expect([error.code, error.details.param]).toEqual(['request.invalid', param]);
});

test('a tool that doesn’t exist, or is switched off, is unknown', async () => {
  for (const name of ['nope', 'constructor', '__proto__'])
    expect((await failureOf(box().run(name, {}))).code).toBe('tool.unknown');
  expect((await failureOf(box([echo()], { off: ['echo'] }).run('echo', { text: 'x' }))).code).toBe('tool.unknown');
});

test('a role that is too low is refused, and doesn’t see the tool', async () => {
  const { run, tool } = box([echo()], { roles: { echo: 'premium' } });
  expect((await failureOf(run('echo', { text: 'x' }))).code).toBe('key.forbidden');
  expect(tool.of(basic)).toEqual([]);
  for (const role of ['premium', 'admin'] as const) {
    expect((await run('echo', { text: 'x' }, { ...basic, role })).text).toBe('x');
    expect(tool.of({ ...basic, role })).toMatchObject([{ name: 'echo', requiredRole: 'premium' }]);
  }
});

test('a key with a list of tools may use no other', async () => {
  const { run, tool } = box([echo('a'), echo('b')]);
  const caller = { ...basic, tools: ['b'] };
  expect(tool.of(caller).map(({ name }) => name)).toEqual(['b']);
  expect((await failureOf(run('a', { text: 'x' }, caller))).code).toBe('key.forbidden');
});

test('a tool that is not set up says which setting is missing', async () => {
  const error = await failureOf(box([echo('echo', 'set tools.echo.url')]).run('echo', { text: 'x' }));
  expect([error.code, error.status, error.message]).toEqual([
    'tool.unconfigured',
    503,
    expect.stringContaining('tools.echo.url'),
  ]);
});

test('a tool that takes too long is told, and left behind', async () => {
  let told: ToolContext | undefined;
  const stuck: Tool = { ...echo(), run: (_, context) => new Promise(() => (told = context)) };
  const { run, pass, waiting } = box([stuck]);
  const running = failureOf(run('echo', {}));
  pass(100);
  expect(await running).toMatchObject({ code: 'tool.failed', message: expect.stringContaining('tools.timeoutMs') });
  expect(told?.cancellation.reason?.code).toBe('tool.failed');
  expect(waiting.size).toBe(0);
});

test('when the caller goes away, the tool is told', async () => {
  const stuck: Tool = { ...echo(), run: () => new Promise(() => undefined) };
  const cancellation = new Cancellation();
  const { run } = box([stuck]);
  const running = failureOf(run('echo', {}, basic, cancellation));
  cancellation.cancel(new GatewayError('request.cancelled', 'Gone.'));
  expect((await running).code).toBe('request.cancelled');
  expect(cancellation.listening).toBe(0);
});
