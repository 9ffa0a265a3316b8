import { expect, test } from 'vitest';
import { openSealing } from './sealing.ts';

const SECRET = 'a long enough secret of ours 4711';
const TEXT = 'What was said: Ä, 漢字, "quotes".';

test('what was sealed is opened by whoever has the secret, also in a later run', async () => {
  const sealed = (await openSealing(SECRET)).seal(TEXT, 'turn-1');
  expect(await (await openSealing(SECRET)).open(sealed, 'turn-1')).toBe(TEXT);
});

test('sealed bytes tell nothing, and the same text never looks the same', async () => {
  const { seal } = await openSealing(SECRET);
  const [one, other] = [seal(TEXT, 'turn-1'), seal(TEXT, 'turn-1')];
  expect(one.toString('latin1')).not.toContain('quotes');
  expect(one.equals(other)).toBe(false);
});

test('another secret, another row and a changed byte are refused', async () => {
  const sealing = await openSealing(SECRET);
  const sealed = sealing.seal(TEXT, 'turn-1');
  await expect((await openSealing(`${SECRET}.`)).open(sealed, 'turn-1')).rejects.toThrow();
  await expect(sealing.open(sealed, 'turn-2')).rejects.toThrow();
  for (const at of [0, 20, 30, 40, sealed.length - 1]) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    await expect(sealing.open(changed, 'turn-1')).rejects.toThrow();
  }
  await expect(sealing.open(sealed.subarray(0, 10), 'turn-1')).rejects.toThrow();
});
