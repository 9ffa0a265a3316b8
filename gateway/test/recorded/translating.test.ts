import { expect, test } from 'vitest';
import { dialects } from '../../src/dialects/index.ts';
import type { Wire } from '../../src/model/reply.ts';
import { decoded, encoded } from '../decoded.ts';
import { describeRecorded, type Exchange, expectAll, replies } from './exchanges.ts';
import { usageOf } from './independent.ts';
import { type Said, saidTo, type VendorDialect } from './vendors.ts';

interface Understood extends Exchange {
  readonly dialect: VendorDialect;
  readonly form: Wire['form'];
  readonly said: Said;
}

/** The replies that the vendor's own SDK accepts as they were recorded; the others have nothing to be compared with. */
const understood: Understood[] = [];
for (const reply of replies) understood.push(...[await understoodBy(reply)].filter((one) => one !== undefined));
const VENDORS = [
  ['OpenAI’s SDK', 'openai-chat', 800],
  ['Anthropic’s SDK', 'anthropic-messages', 1150],
  ['Google’s SDK', 'gemini-content', 1100],
  ['Amazon’s SDK', 'bedrock-converse', 1100],
  ['Cohere’s documentation', 'cohere-chat', 1500],
  ['Ollama’s documentation', 'ollama-chat', 1500],
  ['OpenAI’s SDK for Responses', 'openai-responses', 1500],
] as const;

describeRecorded('a recorded reply, said in the other vendors’ dialects', () => {
  const listeners = VENDORS.flatMap(([name, to, atLeast]) => {
    const list = understood.filter(({ dialect }) => dialect !== to);
    return (['json', dialects[to].streamForm] as const).map((form) => ({
      name,
      to,
      form,
      list,
      atLeast,
      count: list.length,
    }));
  });
  test.each(listeners)('is the same to $name, as $form: $count replies', async ({ to, form, list, atLeast }) => {
    // One after the other, since Google's SDK fetches with what the process has.
    await expectAll(list, atLeast, async (one) => {
      const said = await translated(one, to, form);
      // Snowflake leaves the reason out and a refused prompt its tokens, and then there is nothing to compare.
      const { finish, inputTokens = said.inputTokens, outputTokens = said.outputTokens } = one.said;
      expect(said).toEqual({
        ...one.said,
        finish: finish === 'other' ? said.finish : finish,
        inputTokens,
        outputTokens,
      });
    });
  });

  test(`could be compared: ${understood.length} of ${replies.length} replies are accepted by the vendor’s own SDK as they came`, () =>
    expect(understood.length).toBeGreaterThanOrEqual(1600));
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

function translated(
  { dialect, form: from, reply }: Understood,
  other: VendorDialect,
  form: Wire['form'],
): Promise<Said> {
  const events = decoded(dialects[dialect], from, [reply]);
  return saidTo(other, form, encoded(dialects[other], form, events));
}
