import { expect, test } from 'vitest';
import { failureOf, toolContext } from '../../../test/support.ts';
import { detectors } from '../../detectors/index.ts';
import { maskedForGood } from '../../privacy/masked-for-good.ts';
import { piiMask } from './pii-mask.ts';

const mask = (text: string) => piiMask((said) => maskedForGood(said, detectors)).run({ text }, toolContext());

test('a text is shown without its private data, with what was in it', async () => {
  expect(await mask('Write to ada@example.org or bob@example.org, or call 555-123-4567.')).toEqual({
    result: {
      masked: 'Write to <EMAIL> or <EMAIL>, or call <PHONE>.',
      counts: { email: 2, phone: 1 },
      total: 3,
    },
    text: 'Write to <EMAIL> or <EMAIL>, or call <PHONE>.\n\nMasked: email 2, phone 1.',
  });
});

test('a text without any comes back as it is, and says so', async () => {
  expect(await mask('Nobody’s business.')).toEqual({
    result: { masked: 'Nobody’s business.', counts: {}, total: 0 },
    text: 'Nobody’s business.\n\nNothing was masked.',
  });
});

test('there must be a text', async () => {
  expect(await failureOf(mask(''))).toMatchObject({ code: 'request.invalid', details: { param: 'parameters.text' } });
});
