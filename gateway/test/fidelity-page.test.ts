import { expect, test } from 'vitest';
import { dialects } from '../src/dialects/index.ts';
import { PLAIN_REPLY } from './docs/fidelity/reply-features.ts';
import { REQUEST_FEATURES } from './docs/fidelity/request-features.ts';
import { errorVerdicts, replyVerdict, requestVerdict } from './docs/fidelity/verdicts.ts';

/** What a wire may leave unsaid: its path says it, or it is so where nothing is said. */
const MAY_BE_UNSAID = new Set(['stream', 'service tier', 'as much reasoning as fits']);

const features = REQUEST_FEATURES.flatMap((group) => group.features);

test.each(Object.values(dialects))('$id drops nothing in silence', (dialect) => {
  const unsaid = features.filter((feature) => requestVerdict(dialect, feature) === 'not said');
  expect(unsaid.map(({ name }) => name).filter((name) => !MAY_BE_UNSAID.has(name))).toEqual([]);
});

test.each(Object.values(dialects))('$id says errors as errors, before and inside a stream', (dialect) => {
  expect(errorVerdicts(dialect)).toEqual(['kept', 'kept']);
});

test('what a wire drops in silence would be found', () => {
  const deaf = { ...dialects['openai-chat'], encodeRequest: () => ({ bytes: Buffer.from('{}'), losses: [] }) };
  const [feature] = features;
  expect(feature && requestVerdict(deaf, feature)).toBe('not said');
});

test('what a wire doesn’t say in an answer would be found', () => {
  let times = 0;
  const said = (): number => (times += 1);
  expect(replyVerdict(dialects['openai-chat'], 'json', { name: 'never', events: PLAIN_REPLY, said })).toBe('left out');
});
