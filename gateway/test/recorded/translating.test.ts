import { expect, test } from 'vitest';
import { dialects } from '../../src/dialects/index.ts';
import type { Wire } from '../../src/model/reply.ts';
import { decoded, encoded } from '../decoded.ts';
import { describeRecorded, type Exchange, expectAll, replies } from './exchanges.ts';
import { usageOf } from './independent.ts';
import { otherDialect, type Said, saidTo, type VendorDialect } from './vendors.ts';

interface Understood extends Exchange {
  readonly dialect: VendorDialect;
  readonly form: Wire['form'];
  readonly said: Said;
}

/** The replies that the vendor's own SDK accepts as they were recorded; the others have nothing to be compared with. */
const understood = (await Promise.all(replies.map(understoodBy))).filter((one) => one !== undefined);
const fromAnthropic = understood.filter(({ dialect }) => dialect === 'anthropic-messages');
const fromOpenai = understood.filter(({ dialect }) => dialect === 'openai-chat');

describeRecorded('a recorded reply, said in the other vendor’s dialect', () => {
  test.each([
    [`Anthropic’s SDK: ${fromOpenai.length} replies`, fromOpenai, 700, 'json'],
    [`Anthropic’s SDK, streamed: ${fromOpenai.length} replies`, fromOpenai, 700, 'sse'],
    [`OpenAI’s SDK: ${fromAnthropic.length} replies`, fromAnthropic, 350, 'json'],
    [`OpenAI’s SDK, streamed: ${fromAnthropic.length} replies`, fromAnthropic, 350, 'sse'],
  ] as const)('is the same to %s', async (_, list, atLeast, form) => {
    await expectAll(list, atLeast, async (one) => {
      const said = await translated(one, form);
      // Snowflake leaves the reason out, and then there is nothing to compare.
      const finish = one.said.finish === 'other' ? said.finish : one.said.finish;
      expect(said).toEqual({ ...one.said, finish });
    });
  });

  test(`could be compared: ${understood.length} of ${replies.length} replies are accepted by the vendor’s own SDK as they came`, () =>
    expect(understood.length).toBeGreaterThanOrEqual(1100));
});

async function understoodBy(exchange: (typeof replies)[number]): Promise<Understood | undefined> {
  const { dialect, form, reply } = exchange;
  if (dialect === 'openai-completions') return undefined;
  try {
    const said = await saidTo(dialect, form, reply);
    // Mistral streams lists where OpenAI streams texts, and OpenAI's SDK adds them up to this.
    if (said.text.includes('[object Object]')) return undefined;
    return { ...exchange, dialect, said: { ...said, ...tokensSaid(exchange) } };
  } catch {
    return undefined;
  }
}

/** Some hosts leave thinking out of the completion, so what was used is read from the wire, not asked of the SDK. */
function tokensSaid(exchange: Exchange): Pick<Said, 'inputTokens' | 'outputTokens'> {
  const usage = usageOf(exchange);
  return { inputTokens: usage?.inputTokens, outputTokens: usage?.outputTokens };
}

function translated({ dialect, form: from, reply }: Understood, form: Wire['form']): Promise<Said> {
  const other = otherDialect(dialect);
  const events = decoded(dialects[dialect], from, [reply]);
  return saidTo(other, form, encoded(dialects[other], form, events));
}
