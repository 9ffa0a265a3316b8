import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ROOT } from '../rules/sources.ts';

/** A recorded exchange about something that isn't a chat. */
export interface RecordedCall {
  readonly provider: string;
  readonly at: string;
  readonly path: string;
  readonly status: number;
  readonly asked: Readonly<Record<string, unknown>>;
  readonly answer: Buffer;
  readonly json: Readonly<Record<string, unknown>>;
}

const FOLDER = join(ROOT, '../shared/fixtures/recorded');
const ABOUT_TEXTS = /\/(embeddings|embed|rerank|moderations|count_tokens)$/;

/** Those about texts; none where the recordings are absent. */
export function recordedCalls(): readonly RecordedCall[] {
  if (!existsSync(FOLDER)) return [];
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.ndjson.gz'))
    .flatMap((name) =>
      gunzipSync(readFileSync(join(FOLDER, name)))
        .toString('utf8')
        .split('\n'),
    )
    .filter((line) => line !== '')
    .flatMap((line) => callOf(JSON.parse(line) as Line));
}

interface Line {
  readonly provider: string;
  readonly file: string;
  readonly i: number;
  readonly path: string;
  readonly method: string;
  readonly status: number;
  readonly req: string | null;
  readonly res: string | null;
}

function callOf({ provider, file, i, path, method, status, req, res }: Line): RecordedCall[] {
  if (method !== 'POST' || !ABOUT_TEXTS.test(path) || req === null || res === null) return [];
  const at = `${file.split('/').at(-1) ?? ''} ${i}`;
  const asked = JSON.parse(req) as RecordedCall['asked'];
  return [
    { provider, at, path, status, asked, answer: Buffer.from(res), json: JSON.parse(res) as RecordedCall['json'] },
  ];
}
