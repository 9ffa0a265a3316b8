import { describe, expect, test } from 'vitest';
import { cachedLine, type Send } from '../../test/cached-line.ts';
import { failureOf, replyOf, said, settled } from '../../test/support.ts';
import { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import type { Reply, ReplyEvent } from '../model/reply.ts';

describe('several who ask the same at once', () => {
  /** A model whose every answer waits until it is told. */
  function held() {
    const answers: { readonly give: (reply: Reply) => void; readonly fail: (error: GatewayError) => void }[] = [];
    const send: Send = () => new Promise((give, fail) => answers.push({ give, fail }));
    return { ...cachedLine(send), answers, say: (at: number, text: string) => answers[at]?.give(replyOf(said(text))) };
  }
  const textOf = async (of: Promise<{ text: string }>) => (await of).text;

  test('are 500 and ask once', async () => {
    const { answer, asked, say } = held();
    const all = Array.from({ length: 500 }, (_, at) => textOf(answer({ id: `turn-${at}` })));
    await settled();
    say(0, 'Hello');
    expect(new Set(await Promise.all(all))).toEqual(new Set(['Hello']));
    expect(asked).toHaveLength(1);
  });

  test('don’t go away with the one who asked: the next one asks', async () => {
    const { answer, asked, answers, say } = held();
    const leaving = new Cancellation();
    const first = failureOf(answer({ cancellation: leaving }));
    const others = [textOf(answer()), textOf(answer())];
    await settled();
    const gone = new GatewayError('request.cancelled', 'gone');
    leaving.cancel(gone);
    answers[0]?.fail(gone);
    expect((await first).code).toBe('request.cancelled');
    await settled();
    expect(asked).toHaveLength(2);
    say(1, 'Hello');
    expect(await Promise.all(others)).toEqual(['Hello', 'Hello']);
  });

  test('can each go away while they wait', async () => {
    const { answer, say, clock } = held();
    const leaving = new Cancellation();
    const first = textOf(answer());
    const second = failureOf(answer({ cancellation: leaving }));
    await settled();
    leaving.cancel(new GatewayError('request.cancelled', 'gone'));
    expect((await second).code).toBe('request.cancelled');
    expect(leaving.listening).toBe(0);
    expect(clock.waiting.size).toBe(0);
    say(0, 'Hello');
    expect(await first).toBe('Hello');
  });

  test('ask one after the other when asking fails, and in the end each for oneself', async () => {
    const { answer, asked, answers, say } = held();
    const all = Array.from({ length: 5 }, () =>
      answer().then(
        ({ text }) => text,
        (thrown: GatewayError) => thrown.code,
      ),
    );
    await settled();
    answers[0]?.fail(new GatewayError('upstream.broke', 'It broke.'));
    await settled();
    expect(asked).toHaveLength(2);
    answers[1]?.fail(new GatewayError('upstream.broke', 'It broke.'));
    await settled();
    expect(asked).toHaveLength(5);
    for (const at of [2, 3, 4]) say(at, String(at));
    expect((await Promise.all(all)).toSorted()).toEqual(['2', '3', '4', 'upstream.broke', 'upstream.broke']);
  });

  test('ask each for oneself when the answer can’t be shared', async () => {
    const { answer, asked, answers } = held();
    const all = [answer(), answer(), answer()];
    await settled();
    const cut = said('Hello').map(
      (event): ReplyEvent => (event.type === 'finish' ? { ...event, reason: 'length' } : event),
    );
    answers[0]?.give(replyOf(cut));
    await settled();
    await settled();
    expect(asked).toHaveLength(3);
    for (const at of [1, 2]) answers[at]?.give(replyOf(cut));
    await Promise.all(all);
  });

  test('don’t wait for ever', async () => {
    const { answer, asked, clock, say } = held();
    const first = textOf(answer());
    const second = textOf(answer());
    await settled();
    clock.pass(1000);
    await settled();
    expect(asked).toHaveLength(2);
    say(1, 'quick');
    say(0, 'slow');
    expect([await first, await second]).toEqual(['slow', 'quick']);
  });
});
