import { describe, expect, test } from 'vitest';
import { fileAt, filesUnder } from '../../test/rules/sources.ts';
import { detectors } from '../detectors/index.ts';
import type { ChatRequest } from '../model/request.ts';
import { maskRequest } from './mask-request.ts';
import { scan } from './scan.ts';

const hex = (length: number, seed: number): string =>
  Array.from({ length }, (_, at) => ((seed * 7919 + at * at * 31 + at * 17) % 16).toString(16)).join('');

/** Lines that programs write: times, hashes, versions, ids, numbers in columns. */
function logLines(at: number): readonly string[] {
  const second = String(at % 60).padStart(2, '0');
  return [
    `2026-11-22T10:41:${second}.123Z INFO  [worker-${at}] took ${at * 13}.${at} ms, rss=${at * 104729} seq=${1_700_000_000 + at * 37}`,
    `commit ${hex(40, at)} (tag: v1.${at}.${at % 7}-rc.${at % 3})`,
    `sha512-${Buffer.from(hex(64, at)).toString('base64')}  ${hex(32, at + 1)}`,
    `id=${hex(8, at)}-${hex(4, at)}-4${hex(3, at)}-a${hex(3, at)}-${hex(12, at)} ts=${1_712_345_678_901 + at * 997}`,
    `driver version 31.0.${at}.${at + 3000}, Chrome/12${at % 10}.0.${6000 + at}.109 node_modules/pkg@${at}.4.2`,
    `${at * 100} ${at * 2100} ${at * 31} 0x${hex(16, at)} ${at}:${second}:00 1.${at}e-10 +${at} -${at * 3} lines`,
    `@@ -${at * 10},7 +${at * 10},9 @@ export const limit${at} = ${at * 1000_003}; // ns: ${1_712_345_678_901_234_567n + BigInt(at)}`,
    `std::vector<int> a${at}(${at}); obj.method${at}(x@${at}, ["${at}"]); s3://bucket/${hex(20, at)}/part-${at}`,
  ];
}

const PROGRAMS = filesUnder('gateway/src', ['.ts']).filter(({ path }) => !/\.(test|suite)\.ts$/.test(path));
const ORDINARY: Readonly<Record<string, string>> = {
  'this program': PROGRAMS.map(({ text }) => text).join('\n'),
  'its documentation': filesUnder('docs', ['.md'])
    .map(({ text }) => text)
    .join('\n'),
  'its lockfile': fileAt('package-lock.json').text,
  'what programs log': Array.from({ length: 500 }, (_, at) => logLines(at).join('\n')).join('\n'),
};

describe.each(Object.entries(ORDINARY))('of %s', (_, text) => {
  test('at most one line in two hundred is touched', () => {
    const lines = text.split('\n');
    const touched = lines.filter((line) => scan(line, detectors).length > 0);
    expect(lines.length).toBeGreaterThan(500);
    expect(touched.length / lines.length, touched.slice(0, 20).join('\n')).toBeLessThanOrEqual(0.005);
  });

  test('20 KB take at most 2 ms to look through', () => {
    const piece = text.slice(0, 20_000);
    const request: ChatRequest = {
      model: 'm',
      stream: false,
      usageWanted: false,
      messages: [{ role: 'user', content: [{ type: 'text', text: piece }] }],
    };
    const takenMs = Array.from({ length: 40 }, () => {
      const before = process.cpuUsage();
      maskRequest(request, detectors);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    });
    expect(Math.min(...takenMs)).toBeLessThanOrEqual(2);
  });
});
