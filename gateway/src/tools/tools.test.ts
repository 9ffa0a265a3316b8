import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failureOf, toolContext } from '../../test/support.ts';
import { Config } from '../config/schema.ts';
import { GatewayError } from '../model/error.ts';
import { type ToolPorts, toolsOf } from './index.ts';

const { tools: settings } = Config.parse({});
const offline = (): Promise<never> => Promise.reject(new GatewayError('upstream.unreachable', 'There is no network.'));
const maskText = (text: string) => ({ text, counts: {} });
const NOTHING: ToolPorts = {
  transport: offline,
  fetchPage: undefined,
  folder: undefined,
  askModel: undefined,
  maskText,
};
const EVERYTHING: ToolPorts = {
  transport: offline,
  fetchPage: () => Promise.reject(new GatewayError('tool.failed', 'There is no network.')),
  folder: { list: () => Promise.resolve([]), read: () => Promise.resolve(undefined) },
  askModel: () => Promise.reject(new GatewayError('upstream.timeout', 'Too slow.')),
  maskText,
};

const bare = toolsOf(settings, NOTHING);
const equipped = toolsOf({ ...settings, webSearch: { ...settings.webSearch, braveKey: 'k' } }, EVERYTHING);

test('names are different, and can be written as directives', () => {
  const names = bare.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
});

test('what comes without any configuration needs no secret and reaches nothing inside', () => {
  const usable = bare.filter(({ missing }) => missing === undefined).map(({ name }) => name);
  expect(usable.toSorted()).toEqual(['calculator', 'current_time', 'pii_mask', 'weather']);
});

describe.each(equipped)('$name', (tool) => {
  test('says what it does and what it takes, each parameter by a sentence', () => {
    expect(tool.description).toMatch(/^[A-Z].*\.$/);
    expect(tool.parameters).toMatchObject({ type: 'object', additionalProperties: false });
    const { properties } = tool.parameters as { properties: Record<string, { description?: string }> };
    expect(Object.keys(properties)).toEqual(tool.parameterNames);
    for (const { description } of Object.values(properties)) expect(description).toMatch(/\.$/);
    expect(tool.parameterNames).toContain(tool.mainParameter);
    expect(JSON.parse(JSON.stringify(tool.parameters))).toEqual(tool.parameters);
  });

  test('limits every text that it takes', () => {
    const { properties } = tool.parameters as { properties: Record<string, Record<string, unknown>> };
    for (const property of Object.values(properties)) {
      if (property['type'] === 'string' && !property['enum']) expect(property).toHaveProperty('maxLength');
      if (property['type'] === 'integer') expect(property).toHaveProperty('maximum');
    }
  });

  test('refuses a parameter that it doesn’t know', async () => {
    const given = { [tool.mainParameter ?? '']: 'x', unheard_of: 1 };
    expect(await failureOf(tool.run(given, toolContext()))).toMatchObject({
      code: 'request.invalid',
      details: { param: 'parameters.unheard_of' },
    });
  });

  test('fails in no other way than with an error of ours, whatever it is told', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 300, unit: 'binary' }), async (words) => {
        const outcome: unknown = await tool
          .run({ [tool.mainParameter ?? '']: words }, toolContext())
          .catch((thrown: unknown) => thrown);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(GatewayError);
        if (outcome instanceof GatewayError) expect(outcome.code).not.toBe('gateway.bug');
        else expect(JSON.parse(JSON.stringify(outcome))).toMatchObject({ text: expect.any(String) });
      }),
    );
  });
});

test('a tool that lacks something says so before anything else', async () => {
  for (const tool of bare.filter(({ missing }) => missing !== undefined)) {
    const error = await failureOf(tool.run({ anything: 1 }, toolContext()));
    expect([tool.name, error.code, error.message]).toEqual([
      tool.name,
      'tool.unconfigured',
      expect.stringContaining('tools.'),
    ]);
  }
});
