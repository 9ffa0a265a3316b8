import { describe, expect, test } from 'vitest';
import { describeRecorded } from '../../test/recorded/exchanges.ts';
import { isObject } from '../dialects/json-object.ts';
import { NO_PASSAGE } from '../../test/support.ts';
import { type RecordedCall, recordedCalls } from '../../test/recorded/operations.ts';
import type { OperationForm } from '../model/operation.ts';
import type { TextOperation } from './contract.ts';
import { textOperations } from './index.ts';
import { textCall } from './text-desk.ts';

const FORMS: Readonly<Record<string, OperationForm>> = { cohere: 'cohere-v2', voyage: 'voyage-v1' };
const { embeddings, moderations, rerank } = textOperations;

const calls = recordedCalls();
const of = (pattern: RegExp) => calls.filter(({ path, status }) => status === 200 && pattern.test(path));

/** Asks as the caller did, and answers as the provider did. */
function exchanged(operation: TextOperation, call: RecordedCall, body: Readonly<Record<string, unknown>>) {
  const bytes = Buffer.from(JSON.stringify(body));
  const { asked } = textCall(
    operation,
    { dialect: 'openai-chat', bytes, body },
    { ...NO_PASSAGE.passage.limits, inputsMax: 1000 },
  );
  const form = FORMS[call.provider];
  const endpoint = { path: '/x', ...(form && call.path !== '/v2/rerank' ? { form } : {}) };
  const to = { endpoint, model: String(body['model']), cut: [] };
  const [sent = Buffer.alloc(0)] = asked.bodies(to, asked.texts);
  const answer = asked.answer([{ bytes: call.answer, json: call.json }], to);
  return {
    sent: JSON.parse(String(sent)) as object,
    said: JSON.parse(String(answer.bytes)) as typeof call.json,
    answer,
  };
}

describeRecorded('recorded operations about texts', () => {
  test('there are recordings to look at', () => {
    expect(of(/embeddings$/).length).toBeGreaterThan(10);
    expect(of(/v2\/embed$/).length).toBeGreaterThan(5);
  });

  describe('recorded embeddings in OpenAI’s form or nearly so', () => {
    test.each(of(/\/embeddings$/))('$provider $at', (call) => {
      const { sent, said, answer } = exchanged(embeddings, call, call.asked);
      const { dimensions, ...asked } = call.asked;
      expect(sent).toMatchObject(
        call.provider === 'voyage' || dimensions === undefined ? asked : { ...asked, dimensions },
      );
      const usage = call.json['usage'] as Record<string, number>;
      expect(answer.usage).toEqual({ inputTokens: usage['prompt_tokens'] ?? usage['total_tokens'], outputTokens: 0 });
      const { data } = call.json as { data: { embedding: unknown }[] };
      const found = said['data'] as { embedding: unknown }[];
      expect(found.length).toBe(data.length);
      if (typeof found[0]?.embedding === typeof data[0]?.embedding)
        expect(found.map(({ embedding }) => embedding)).toEqual(data.map(({ embedding }) => embedding));
    });
  });

  describe('recorded embeddings of Cohere, asked for in OpenAI’s form', () => {
    test.each(of(/^\/v2\/embed$/))('$at', (call) => {
      const { texts: input, output_dimension, model, input_type, truncate } = call.asked;
      const dimensions = typeof output_dimension === 'number' ? { dimensions: output_dimension } : {};
      const body = { model, input, input_type, ...(truncate === undefined ? {} : { truncate }), ...dimensions };
      const { sent, said, answer } = exchanged(embeddings, call, body);
      const { max_tokens: _, output_dimension: __, ...expected } = call.asked;
      expect(sent).toEqual({
        ...expected,
        ...(typeof output_dimension === 'number' ? { output_dimension } : {}),
      });
      const vectors = call.json['embeddings'];
      expect((said['data'] as { embedding: unknown }[]).map(({ embedding }) => embedding)).toEqual(
        isObject(vectors) ? vectors['float'] : [],
      );
      const { meta } = call.json as { meta: { billed_units: { input_tokens: number } } };
      expect(answer.usage).toEqual({ inputTokens: meta.billed_units.input_tokens, outputTokens: 0 });
    });
  });

  describe('recorded reranking', () => {
    test.each(of(/\/rerank$/))('$provider $at', (call) => {
      const { sent, said } = exchanged(rerank, call, call.asked);
      expect(sent).toEqual(call.asked);
      const results = call.json['results'] as { index: number; relevance_score: number }[];
      expect(said['results']).toEqual(results.map(({ index, relevance_score }) => ({ index, relevance_score })));
    });

    test('asked in Voyage’s form it is answered in Voyage’s form, whoever ranks', () => {
      const [call] = of(/\/v2\/rerank$/);
      if (!call) throw new Error('no recording');
      const { top_n: top_k, ...rest } = call.asked;
      const { sent, said } = exchanged(rerank, call, { ...rest, top_k });
      expect(sent).toEqual(call.asked);
      expect(said).toMatchObject({ object: 'list', data: call.json['results'] });
    });
  });

  describe('recorded moderations', () => {
    test.each(of(/\/moderations$/))('$provider $at', (call) => {
      const { sent, said } = exchanged(moderations, call, call.asked);
      expect(sent).toEqual(call.asked);
      expect(said).toEqual({ ...call.json, model: call.asked['model'] });
    });
  });
});
