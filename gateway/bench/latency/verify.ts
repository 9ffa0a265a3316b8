import { connect } from 'node:net';
import { FAST_TEXT } from '../../test/scripted-provider/fast-replies.ts';
import { WORDS } from './cases.ts';
import type { Kind } from './cases.ts';
import { ReplyReader } from './reply-reader.ts';

/** Asks once and checks that the answer is the right one, since a bench of errors is worth nothing. Throws if not. */
export async function verify(port: number, request: string, expected: { kind: Kind; model: string }): Promise<void> {
  const { status, text } = await exchange(port, request);
  if (status !== 200) throw new Error(`status ${status}: ${text.slice(0, 300)}`);
  const wrong = expected.kind === 'plain' ? wrongJson(text, expected.model) : wrongStream(text, expected);
  if (wrong !== undefined) throw new Error(`${wrong}: ${text.slice(0, 300)}`);
}

interface Said {
  readonly model?: unknown;
  readonly choices?: readonly {
    readonly message?: { readonly content?: unknown };
    readonly delta?: { readonly content?: string | null };
  }[];
}

function wrongJson(text: string, model: string): string | undefined {
  const said = JSON.parse(text) as Said;
  if (said.choices?.[0]?.message?.content !== FAST_TEXT) return 'the text is another';
  return said.model === model ? undefined : `the model is said to be ${String(said.model)}, not ${model}`;
}

function wrongStream(text: string, { kind, model }: { kind: Kind; model: string }): string | undefined {
  const data = [...text.matchAll(/^data: ?(.*?)\r?$/gm)].map(([, json]) => json ?? '');
  if (data.pop() !== '[DONE]') return 'the stream does not end with [DONE]';
  const events = data.map((json) => JSON.parse(json) as Said);
  const words = events.map((event) => event.choices?.[0]?.delta?.content ?? '').join('');
  const right = Array.from({ length: WORDS[kind] }, (_, index) => `word${index + 1}`).join(' ');
  if (words !== right) return 'the text is another';
  const stray = events.find((event) => event.model !== model);
  return stray === undefined ? undefined : `an event says model ${String(stray.model)}, not ${model}`;
}

function exchange(port: number, request: string): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const reader = new ReplyReader((part) => parts.push(Buffer.from(part)));
    const socket = connect({ port, host: '127.0.0.1' });
    socket.setTimeout(15_000, () => socket.destroy(new Error('no answer within 15 s')));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the connection closed early')));
    socket.on('data', (bytes) => {
      if (!reader.push(bytes)) return;
      resolve({ status: reader.status, text: Buffer.concat(parts).toString() });
      socket.destroy();
    });
    socket.write(request);
  });
}
