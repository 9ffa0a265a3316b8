import { describe, expect, test } from 'vitest';
import { ask, collect, failureOf, handTurned, turn } from '../../test/support.ts';
import { GROUND } from '../../test/served.ts';
import { look } from '../dialects/look.ts';
import { keywordFinder } from '../keyword/keyword-calls.ts';
import { type KeywordGround, PatternBook } from '../keyword/pattern-book.ts';
import { forgetful, NO_CHANGES } from '../keyword/pattern-store.ts';
import { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import { fold } from '../model/fold.ts';
import type { Turn } from '../model/turn.ts';
import { calculator } from '../tools/calculator/calculator.ts';
import { currentTime } from '../tools/current-time/current-time.ts';
import type { Tool } from '../tools/contract.ts';
import { ToolBox } from '../tools/tool-box.ts';
import { webSearch } from '../tools/web-search/web-search.ts';
import { keywordTools } from './keyword-tools.ts';

const broken: Tool = {
  ...calculator(),
  name: 'broken',
  run: () => Promise.reject(new GatewayError('tool.failed', 'The service is down.')),
};
const search = webSearch({ braveUrl: 'http://x.test', tavilyUrl: 'http://x.test', resultsMax: 5 }, () =>
  Promise.reject(new Error('nobody is to be asked')),
);
const PATTERNS: KeywordGround['patterns'] = [
  ...GROUND.patterns,
  {
    ...GROUND.patterns[0],
    name: 'broken',
    pattern: 'break (?P<expression>.+)',
    tool: 'broken',
  } as (typeof GROUND.patterns)[0],
  { ...GROUND.patterns[0], name: 'none', pattern: 'nothing (.+)', tool: 'not_there' } as (typeof GROUND.patterns)[0],
  {
    ...GROUND.patterns[0],
    name: 'secret',
    pattern: 'secretly (.+)',
    tool: 'calculator',
    requiredRole: 'admin',
  } as (typeof GROUND.patterns)[0],
];

function stageOf({ detection = true, directives = true } = {}) {
  const { clocks, deadlines } = handTurned();
  const tools = [calculator(), currentTime(), broken, search];
  const toolBox = new ToolBox(tools, { off: [], roles: {}, timeoutMs: 1000 }, { ...clocks, deadlines });
  const ground = { ...GROUND, patterns: PATTERNS, settings: { ...GROUND.settings, detection } };
  const book = new PatternBook(ground, NO_CHANGES, forgetful, clocks.clockMs);
  return keywordTools({ find: keywordFinder({ toolBox, book, directives }), run: toolBox.run, mayHold: () => true });
}

async function said(words: string, { stage = stageOf(), of = {} as Partial<Turn> } = {}) {
  const asked = turn({ ask: ask({ messages: [{ role: 'user', content: words }] }), ...of });
  if (stage.wants?.(asked) === false) return { text: undefined, note: undefined, warnings: undefined };
  const { answer, note, warnings } = await stage.run(asked);
  const reply = answer && fold(await collect(look(answer)));
  const text = reply?.choices[0]?.blocks.map((block) => (block.kind === 'text' ? block.text : '')).join('');
  return { text, note, warnings };
}

test('a directive is answered by its tool, and noted', async () => {
  expect(await said('#calculator 15% of 85.50')).toEqual({
    text: '12.825',
    note: { tool: 'calculator' },
    warnings: undefined,
  });
});

test.each([
  ['#tool_calculator 2+2', '4'],
  ['#Calculator: 2+2', '4'],
  ['#function calculator(expression="2+2")', '4'],
  ['#function calculator(2+2)', '4'],
  ['#current_time', expect.stringContaining('1970')],
])('%s is answered', async (words, text) => expect((await said(words)).text).toEqual(text));

describe('goes to the model as it is', () => {
  test.each([
    'Hello',
    'search for usages of foo',
    '# Calculator',
    'Use #calculator 2+2',
    '#unknown thing',
    'What is love?',
    'calculate the odds',
    'nothing is there',
    'secretly 1+1',
  ])('%s', async (words) => expect((await said(words)).text).toBeUndefined());

  test('a directive behind the switch', async () => {
    expect(
      (await said('#calculator 1+1', { of: { switches: { disableKeywordDetection: true } } })).text,
    ).toBeUndefined();
  });

  test('a directive that isn’t the user’s', async () => {
    const messages = [
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: '#calculator 1+1' },
    ];
    expect(stageOf().wants?.(turn({ ask: ask({ messages }) }))).toBe(false);
  });

  test('a directive where they are off, and a pattern where detection is off', async () => {
    const stage = stageOf({ detection: false, directives: false });
    expect((await said('#calculator 1+1', { stage })).text).toBeUndefined();
    expect((await said('Calculate 1+1', { stage })).text).toBeUndefined();
  });
});

test('a tool that is named and isn’t there is warned of', async () => {
  expect(await said('#tool_nope 1')).toMatchObject({
    text: undefined,
    warnings: [expect.stringContaining('a tool that isn’t there')],
  });
});

test('a pattern is answered by its tool, and noted', async () => {
  expect(await said('Calculate 15% of 85.50')).toMatchObject({
    text: '12.825',
    note: { tool: 'calculator', pattern: 'calculator_query' },
  });
});

test('a pattern for admins is for admins', async () => {
  const caller = { keyId: 'a', role: 'admin' } as const;
  expect((await said('secretly 1+1', { of: { caller } })).text).toBe('2');
});

test('what a pattern found and the tool can’t use goes to the model, and is noted', async () => {
  expect(await said('Calculate 1/0')).toMatchObject({
    text: undefined,
    note: { tried: 'calculator', refused: 'tool.rejected' },
  });
});

test.each([
  ['#calculator 1/0', 'divide by zero', 'tool.rejected'],
  ['#broken x', 'The service is down.', 'tool.failed'],
  ['break it', 'The service is down.', 'tool.failed'],
  ['#web_search x', 'tools.webSearch.searxngUrl', 'tool.unconfigured'],
  ['#calculator', 'parameters.expression', 'request.invalid'],
])('%s is answered with why it can’t be', async (words, why, failed) => {
  expect(await said(words)).toMatchObject({ text: expect.stringContaining(why), note: { failed } });
});

test('a caller that is gone is answered nothing', async () => {
  const cancellation = new Cancellation();
  cancellation.cancel(new GatewayError('request.cancelled', 'Gone.'));
  expect((await failureOf(said('#calculator 1+1', { of: { cancellation } }))).code).toBe('request.cancelled');
});
