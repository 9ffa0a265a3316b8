import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { patchOpenaiReply } from './openai-reply-patch.ts';

const MODEL = 'alias/"x"';
const SAID = JSON.stringify(MODEL);

function frame(chunk: unknown): string {
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

function head(more: object): object {
  return { id: 'c-1', object: 'chat.completion.chunk', created: 1, model: 'gpt-x', ...more };
}

function text(content: string, more: object = {}): string {
  return frame(head({ choices: [{ index: 0, delta: { content }, finish_reason: null }], ...more }));
}

function patchAll(frames: readonly string[], withholdUsage: boolean): (string | undefined)[] {
  const patch = patchOpenaiReply('sse', { model: MODEL, withholdUsage });
  return frames.map((one) => patch(Buffer.from(one))?.toString());
}

const USAGE = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };

describe('the frames of a stream', () => {
  test('have their own model replaced and no other byte changed', () => {
    const frames = [text('a'), text('"model":"gpt-x"'), frame(head({ choices: [], usage: USAGE })), 'data: [DONE]\n\n'];
    expect(patchAll(frames, false)).toEqual(frames.map((one) => one.replace('"gpt-x"', SAID)));
  });

  test('are found wherever their fields stand', () => {
    const last = 'event: x\r\ndata: { "choices" : [ {"model":"inner"} ] , "model" : "gpt-x" }\r\n\r\n';
    expect(patchAll([last, text('b'), last], true)).toEqual(
      [last, text('b'), last].map((one) => one.replace('"gpt-x"', SAID)),
    );
  });

  test('come back as they are where the name is right already', () => {
    const patch = patchOpenaiReply('sse', { model: 'gpt-x', withholdUsage: true });
    for (const one of [text('a'), text('b')]) {
      const bytes = Buffer.from(one);
      expect(patch(bytes)).toBe(bytes);
    }
  });

  test('pass unchanged where there is no one model', () => {
    const unsure = [
      ': OPENROUTER PROCESSING\n\n',
      'data: [DONE]\n\n',
      'data: {"error":{"message":"x"}}\n\n',
      'data: {"model":null,"choices":[]}\n\n',
      'data: {"model":"a","model":"b"}\n\n',
      'data: {"model":"a"\ndata: ,"x":1}\n\n',
    ];
    expect(patchAll(unsure, true)).toEqual(unsure);
  });

  test.each([
    ['after text, as OpenAI says it', [text('a'), frame(head({ choices: [], usage: USAGE }))]],
    [
      'with spaces, as Azure says it',
      [text('a'), `data: {"model": "gpt-x", "choices": [], "usage": {"prompt_tokens": 1}}\n\n`],
    ],
    ['without a model', [text('a'), frame({ choices: [], usage: USAGE })]],
    ['before the choices', [text('a'), frame({ usage: USAGE, choices: [], model: 'gpt-x' })]],
  ])('lose the chunk that only says usage, %s', (_, frames) => {
    expect(patchAll(frames, true)).toEqual([text('a').replace('"gpt-x"', SAID), undefined]);
    expect(patchAll(frames, false)[1]).toContain('usage');
  });

  test.each([
    ['choices', text('last words', { usage: USAGE })],
    ['a finish', frame(head({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: USAGE }))],
    ['an error', frame(head({ choices: [], usage: USAGE, error: { message: 'x' } }))],
    ['what a filter found', frame(head({ choices: [], usage: USAGE, prompt_filter_results: [] }))],
    ['no usage', frame(head({ choices: [], usage: null }))],
  ])('keep a chunk that carries %s', (_, one) => {
    expect(patchAll([text('a'), one], true)[1]).toBe(one.replace('"gpt-x"', SAID));
  });

  test('are the same outside of the name, whatever they say and however they begin', () => {
    const content = fc.string({ unit: 'grapheme' });
    const fields = fc.dictionary(fc.constantFrom('id', 'a', 'created', 'z'), fc.jsonValue({ maxDepth: 1 }));
    const one = fc.tuple(content, fields, fc.boolean()).map(([said, more, first]) => {
      const choices = [{ index: 0, delta: { content: said, model: 'gpt-x' } }];
      return frame(first ? { model: 'gpt-x', ...more, choices } : { ...more, choices, model: 'gpt-x' });
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 8 }), (frames) => {
        patchAll(frames, true).forEach((after, at) => {
          const before = frames[at] ?? '';
          const chunk = JSON.parse(after?.slice(6) ?? '') as { model: string };
          expect(chunk).toEqual({ ...(JSON.parse(before.slice(6)) as object), model: MODEL });
          expect(after?.length).toBe(before.length - '"gpt-x"'.length + SAID.length);
        });
      }),
    );
  });
});

test('a whole body has its model replaced and nothing else', () => {
  const body = Buffer.from('{ "choices":[{"message":{"content":"\\"model\\":\\"gpt-x\\""}}],\n "model": "gpt-x" }');
  const patch = patchOpenaiReply('json', { model: MODEL, withholdUsage: true });
  expect(String(patch(body))).toBe(String(body).replace('"model": "gpt-x"', `"model": ${SAID}`));
  for (const other of ['<html>"model":"gpt-x"</html>', '[]', '{"model":7}']) {
    expect(String(patch(Buffer.from(other)))).toBe(other);
  }
});
