import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KEYS, openOriginalScene, type OriginalScene } from './conformance/original-scene.ts';
import { during } from './conformance/scene.ts';
import { ROOT } from './rules/sources.ts';
import type { ScriptedRequest } from './scripted-provider/scripted-request.ts';

const EXAMPLES = join(ROOT, 'examples');
const run = promisify(execFile);

/** What an example prints, and what the provider hears of it: how often it is asked, or what it is told. */
interface Expected {
  readonly prints: RegExp;
  readonly asks: number;
  readonly told?: RegExp;
}

const WEATHER = /^New York.*23\.4 °C/;
const JSON_ANSWER = /"content":"Hello you"/;

const EXPECTED: Readonly<Record<string, Expected>> = {
  '01-gpt-3.5-turbo.mjs': { prints: /^Hello you\nanswered as gpt-3\.5-turbo$/, asks: 1 },
  '02-gpt-4o-mini.mjs': { prints: /^Hello you\n18 tokens$/, asks: 1, told: /"temperature":0,"max_tokens":100/ },
  '03-o3-mini.mjs': { prints: /^Hello you$/, asks: 1, told: /"model":"o3-mini".*"reasoning_effort":"low"/ },
  '04-use-synthlang.mjs': {
    prints: /^Hello you\ntokens saved: [1-9]\d*$/,
    asks: 1,
    told: /its lists of objects as tables/,
  },
  '05-weather.mjs': { prints: WEATHER, asks: 0 },
  '06-calculator.mjs': { prints: /^12\.825$/, asks: 0 },
  '07-long-system-prompt.mjs': {
    prints: /^Hello you$/,
    asks: 1,
    told: /\\n {2}50\. Follow rule number 50 of the handbook\./,
  },
  '08-gzip.mjs': { prints: /^Hello you\nwarning: use_gzip: a model reads text/, asks: 1, told: /"content":"Hello!"/ },
  '09-weather-directive.mjs': { prints: /^San Francisco.*23\.4 °C/, asks: 0 },
  '10-calculator-directive.mjs': { prints: /^37\.825\n12$/, asks: 0 },
  '11-stream.mjs': { prints: WEATHER, asks: 0 },
  '12-compression-level.mjs': { prints: /^low: nothing to save\nhigh: before=\d+ after=\d+ saved=[1-9]/, asks: 2 },
  '13-keywords-off.mjs': { prints: /^12\.825\nHello you$/, asks: 1 },
  'endpoints/01-health.sh': { prints: /"status":"ok".*"status":"ready"/s, asks: 0 },
  'endpoints/02-models.sh': { prints: /"object":"list".*"owned_by":/s, asks: 0 },
  'endpoints/03-chat.sh': { prints: JSON_ANSWER, asks: 1 },
  'endpoints/04-chat-stream.sh': { prints: /^data: \{.*"content":"Hello.*data: \[DONE\]$/s, asks: 1 },
  'endpoints/05-completions.sh': { prints: /"text":"Hello you"/, asks: 1 },
  'endpoints/12-cache.sh': { prints: /"hit_rate":.*"success":true/s, asks: 0 },
  'endpoints/13-tools.sh': { prints: /"count":\d+.*"value":12.*"temperature":23\.4/s, asks: 0 },
  'endpoints/14-keywords.sh': {
    prints: /"success":true.*example_sums.*"updated_fields":.*"enable_detection":/s,
    asks: 0,
  },
  'endpoints/15-messages.sh': { prints: /"type":"message".*"text":"Hello you"/s, asks: 1 },
  'endpoints/16-plain-text.sh': { prints: JSON_ANSWER, asks: 1, told: /"content":"Hello!".*"temperature":0\.2/ },
  'endpoints/17-compress.sh': { prints: /"reduction_percentage":.*"compressed":"gz:.*"decompressed":/s, asks: 0 },
  'pii/01-as-it-comes.sh': { prints: JSON_ANSWER, asks: 1, told: /jane\.doe@example\.com/ },
  'pii/02-mask-before-llm.sh': { prints: JSON_ANSWER, asks: 1, told: /<EMAIL_1> or call <PHONE_1>/ },
  'pii/03-mask-in-logs.sh': { prints: JSON_ANSWER, asks: 1, told: /jane\.doe@example\.com/ },
  'pii/04-mask-both.sh': { prints: JSON_ANSWER, asks: 1, told: /<EMAIL_1> or call <PHONE_1>/ },
  'pii/05-see-it-masked.sh': { prints: /"masked":"Write to <EMAIL> or call <PHONE>\.".*"total":2/, asks: 0 },
};

const programs = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' }).filter((name) =>
  /^(?:\w+\/)?\d\d-.*\.(?:mjs|sh)$/.test(name),
);

let scene: OriginalScene;
beforeAll(async () => {
  scene = await openOriginalScene();
});
afterAll(() => scene.close());

test('every example is run here, and stands in the README', () => {
  expect(programs.toSorted()).toEqual(Object.keys(EXPECTED).toSorted());
  const readme = readFileSync(join(EXAMPLES, 'README.md'), 'utf8');
  const links = [...readme.matchAll(/\]\((?!http)([^)]+)\)/g)].map(([, link = '']) => link);
  expect(links.filter((link) => !existsSync(join(EXAMPLES, link)))).toEqual([]);
  const folders = new Set(programs.map((name) => name.slice(0, name.lastIndexOf('/') + 1)));
  expect([...folders].filter((folder) => !readme.includes(`](${folder}`))).toEqual([]);
});

describe.each(Object.entries(EXPECTED))('%s', (name, { prints, asks, told }) => {
  test('does what it says', async () => {
    const { result, requests } = await during(scene.openai, () => output(name));
    expect(result).toMatch(prints);
    expect(requests).toHaveLength(asks);
    if (told) expect(textOf(requests)).toMatch(told);
  });
});

test('no example has put private data into the log where it was to be masked', async () => {
  const before = scene.gateway.stdout.length;
  await output('pii/03-mask-in-logs.sh');
  await scene.gateway.logged((line) => line.includes('for <EMAIL>'));
  expect(scene.gateway.stdout.slice(before).join('\n')).not.toContain('jane.doe@');
});

/** Runs one as the README says, with the gateway in the environment. */
async function output(name: string): Promise<string> {
  const env = {
    PATH: process.env['PATH'],
    SYNTHLANG_ENDPOINT: scene.gateway.url,
    SYNTHLANG_API_KEY: KEYS.admin,
  };
  const program = name.endsWith('.sh') ? 'sh' : process.execPath;
  const { stdout } = await run(program, [join(EXAMPLES, name)], { env, cwd: scene.gateway.folder });
  return stdout.trimEnd();
}

function textOf(requests: readonly ScriptedRequest[]): string {
  return requests.map(({ body }) => body.toString()).join('\n');
}
