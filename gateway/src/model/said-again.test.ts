import { expect, test } from 'vitest';
import { type Block, fold } from './fold.ts';
import type { ReplyEvent } from './reply.ts';
import { saidAgain } from './said-again.ts';

const extra = { dialect: 'gemini-content', fields: { thoughtSignature: 'c2ln' } } as const;

test('everything a model said is said again in its order, with proofs and fields of its wire', () => {
  const blocks: readonly Block[] = [
    { kind: 'reasoning', text: 'Hm.', signature: 's' },
    { kind: 'redacted-reasoning', data: 'x' },
    { kind: 'text', text: 'Look:', citations: [{ url: 'https://a.example' }] },
    { kind: 'tool-call', id: 'c', name: 'f', input: '{}', freeform: false, extra },
    { kind: 'refusal', text: 'No.' },
    { kind: 'native', dialect: 'openai-chat', value: 1 },
  ];
  expect(saidAgain(blocks)).toEqual([
    { type: 'reasoning', text: 'Hm.', signature: 's' },
    { type: 'reasoning', text: '', redacted: 'x' },
    { type: 'text', text: 'Look:', citations: [{ url: 'https://a.example' }] },
    { type: 'tool-call', id: 'c', name: 'f', input: '{}', extra },
    { type: 'refusal', text: 'No.' },
    { type: 'native', dialect: 'openai-chat', value: 1 },
  ]);
});

test('an empty text is left out', () => {
  const events: ReplyEvent[] = [
    { type: 'block-start', choice: 0, block: 0, start: { kind: 'text' } },
    { type: 'block-start', choice: 0, block: 1, start: { kind: 'tool-call', id: 'c', name: 'f' } },
  ];
  expect(saidAgain(fold(events).choices[0]?.blocks ?? [])).toMatchObject([{ type: 'tool-call' }]);
});
