import { array, assert, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { chartOf } from './chart.ts';
import { scaleOf, tickText } from './chart-scale.ts';
import type { BenchReport, BenchTable } from './contract.ts';
import { htmlReport } from './report-html.ts';
import { jsonReport } from './report-json.ts';
import { markdownReport, shownCell } from './report-markdown.ts';

const odd: BenchReport = {
  scenario: 'odd',
  facts: { model: '<script>alert("1")</script>' },
  tables: [
    {
      title: 'A | B',
      columns: [{ name: 'name' }, { name: 'value', digits: 1 }],
      rows: [
        ['<img src=x>|`', -1.25],
        ['plain', undefined],
      ],
      chart: { names: [0], value: 1 },
    },
  ],
  remarks: ['As it is.'],
  isCut: true,
};

test('names are never markup', () => {
  const html = htmlReport(odd);
  expect(html).not.toContain('<script');
  expect(html).not.toContain('<img');
  expect(html).toContain('&#60;img src=x&#62;');
  const markdown = markdownReport(odd);
  expect(markdown).toContain('| \\<img src=x\\>\\|\\` | -1.3 |');
  expect(markdown).toContain('| plain | – |');
  expect(markdown).toContain('ended early');
});

test('the page asks nobody for anything, and charts every row', () => {
  const html = htmlReport(odd);
  expect(html).not.toMatch(/<(?:img|link|script|iframe)|href=|url\(|@import|https?:/);
  expect(html.match(/<rect /g)).toHaveLength(2);
  expect(html).toContain('aria-label="A | B: value"');
});

test('a page says before all else what it must not be believed for', () => {
  const html = htmlReport({ ...odd, problem: 'Nothing was <answered>.' });
  expect(html.indexOf('Nothing was &#60;answered&#62;.')).toBeLessThan(html.indexOf('<table'));
  expect(markdownReport({ ...odd, problem: 'Nothing was answered.' })).toContain('Nothing was answered.');
});

test('bars begin at zero: less than nothing goes to the left', () => {
  const rows = [
    ['more', 50],
    ['less', -25],
  ];
  const svg = chartOf({
    title: 't',
    columns: [{ name: 'n' }, { name: 'v', digits: 0 }],
    rows,
    chart: { names: [0], value: 1 },
  });
  const [more, less] = [...svg.matchAll(/<rect [^>]*x="([\d.]+)"[^>]*width="([\d.]+)"/g)].map(([, x, width]) => ({
    x: Number(x),
    width: Number(width),
  }));
  const zero = Number(/<line class="zero" x1="([\d.]+)"/.exec(svg)?.[1]);
  expect(more?.x).toBe(zero);
  expect((less?.x ?? 0) + (less?.width ?? 0)).toBeCloseTo(zero, 0);
  expect((more?.width ?? 0) / (less?.width ?? 1)).toBeCloseTo(2, 1);
});

const curve: BenchTable = {
  title: 'Speed',
  columns: [{ name: 'asked' }, { name: 'at once', digits: 0 }, { name: 'requests/s', digits: 1 }],
  rows: [
    ['<b>', 1, 100],
    ['direct', 1, 200],
    ['<b>', 4, undefined],
    ['direct', 4, 400],
  ],
  chart: { names: [0, 1], value: 2, kind: 'lines' },
};

test('lines go through what was measured, each in its colour and named', () => {
  const svg = chartOf(curve);
  expect(svg.match(/<polyline /g)).toHaveLength(2);
  expect(svg.match(/<circle class="colour1"/g)).toHaveLength(2);
  expect(svg.match(/<circle class="colour0"/g)).toHaveLength(1);
  expect(svg).toContain('&#60;b&#62;');
  expect(svg).not.toContain('<b>');
  expect(svg).toContain('>at once</text>');
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
});

test('marks of a scale go up in equal steps and hold all values, whatever they are', () => {
  const values = array(
    integer({ min: -1e9, max: 1e9 }).map((thousandths) => thousandths / 1000),
    { maxLength: 20 },
  );
  assert(
    property(values, (all) => {
      const { ticks, least, most, share } = scaleOf(all);
      expect(ticks).toContain(0);
      expect(ticks.length).toBeLessThan(9);
      expect(ticks).toEqual([...new Set(ticks)].toSorted((a, b) => a - b));
      for (const value of all)
        expect(value >= least && value <= most && share(value) >= 0 && share(value) <= 1).toBe(true);
    }),
  );
  expect(scaleOf([37]).ticks).toEqual([0, 10, 20, 30, 40]);
  expect([tickText(50), tickText(20_000)]).toEqual(['50', '20k']);
});

test('numbers that are none are dashes, and nothing is less than zero by rounding alone', () => {
  expect([Number.NaN, -0.01, 1.25].map((cell) => shownCell(cell, { name: 'n', digits: 1 }))).toEqual([
    '–',
    '0.0',
    '1.3',
  ]);
});

test('JSON says when, by the original’s names', () => {
  expect(jsonReport({ ...odd, startedMs: 0, endedMs: 1500.4 })).toMatchObject({
    scenario: 'odd',
    start_time: '1970-01-01T00:00:00.000Z',
    duration_ms: 1500,
  });
});
