import { expect, test } from 'vitest';
import { FullError, type PromptDraft, type RecordStore } from './contract.ts';

const LIMITS = { promptsMax: 3, versionsMax: 50 };
const ALL = { offset: 0, limit: 100 };

const draft = (id: string, overrides: Partial<PromptDraft> = {}): PromptDraft => ({
  id,
  owner: 'user:ada',
  name: 'summary',
  prompt: 'Sum it up.',
  metadata: { tags: ['a', 'Ä "quoted"'] },
  createdAt: 1_700_000_000_000,
  ...overrides,
});

/** What every database must do the same with prompts. */
export function promptTests(at: Opened): void {
  readingTests(at);
  keepingTests(at);
}

interface Opened {
  readonly store: RecordStore;
}

function readingTests(at: Opened): void {
  test('a prompt is read as it was saved, each version of it', async () => {
    const { prompts } = at.store;
    const first = await prompts.save(draft('1'), LIMITS);
    expect(first).toEqual({ ...draft('1'), version: 1, beganAt: 1_700_000_000_000 });
    const second = await prompts.save(draft('2', { prompt: 'Shorter: ∑ 😀', metadata: {}, createdAt: 9 }), LIMITS);
    expect(second).toMatchObject({ version: 2, beganAt: 1_700_000_000_000, createdAt: 9 });
    const target = { owner: 'user:ada', name: 'summary' };
    expect(await prompts.load(target)).toEqual(second);
    expect(await prompts.load({ ...target, version: 1 })).toEqual(first);
    expect(await prompts.load({ ...target, version: 3 })).toBeUndefined();
    expect(await prompts.load({ ...target, owner: 'user:bob' })).toBeUndefined();
    expect(await prompts.load({ ...target, name: "' OR 1=1 --" })).toBeUndefined();
  });

  test('the newest version of each is listed, of one owner or of all', async () => {
    const { prompts } = at.store;
    for (const [id, owner, name] of [
      ['1', 'user:ada', 'b'],
      ['2', 'user:ada', 'a'],
      ['3', 'user:ada', 'b'],
      ['4', 'user:bob', 'b'],
    ] as const)
      await prompts.save(draft(id, { owner, name }), LIMITS);
    const listed = async (query: object) => {
      const { prompts: found, total } = await prompts.list({ ...ALL, ...query });
      return [total, ...found.map(({ id, version }) => `${id} v${version}`)];
    };
    expect(await listed({})).toEqual([3, '2 v1', '3 v2', '4 v1']);
    expect(await listed({ owner: 'user:ada' })).toEqual([2, '2 v1', '3 v2']);
    expect(await listed({ name: 'b' })).toEqual([2, '3 v2', '4 v1']);
    expect(await listed({ offset: 1, limit: 1 })).toEqual([3, '3 v2']);
    expect((await prompts.list(ALL)).prompts[0]).not.toHaveProperty('prompt');
  });
}

function keepingTests(at: Opened): void {
  test('a version goes, or all of them, with a note of who did it', async () => {
    const { prompts } = at.store;
    const audit = { id: 'a', at: 1, actor: 'key', action: 'prompt.delete', target: 'x', before: undefined, after: 1 };
    for (const id of ['1', '2', '3']) await prompts.save(draft(id), LIMITS);
    const target = { owner: 'user:ada', name: 'summary' };
    expect(await prompts.remove({ ...target, version: 2 }, [])).toBe(1);
    expect(await prompts.remove({ ...target, owner: 'user:bob' }, [audit])).toBe(0);
    expect(await at.store.audit(9)).toEqual([]);
    expect(await prompts.remove(target, [audit])).toBe(2);
    expect(await at.store.audit(9)).toEqual([audit]);
    expect(await prompts.load(target)).toBeUndefined();
  });

  test('nobody keeps more than is allowed', async () => {
    const { prompts } = at.store;
    for (const name of ['a', 'b', 'c']) await prompts.save(draft(name, { name }), LIMITS);
    await expect(prompts.save(draft('d', { name: 'd' }), LIMITS)).rejects.toThrow(FullError);
    expect(await prompts.save(draft('e', { name: 'a' }), LIMITS)).toMatchObject({ version: 2 });
    await expect(prompts.save(draft('f', { name: 'a' }), { ...LIMITS, versionsMax: 2 })).rejects.toThrow('2 versions');
    expect(await prompts.save(draft('g', { name: 'd', owner: 'user:bob' }), LIMITS)).toMatchObject({ version: 1 });
  });

  test('many who save one name at the same time get a number each', async () => {
    const ids = Array.from({ length: 8 }, (_, id) => String(id));
    const saved = await Promise.all(ids.map((id) => at.store.prompts.save(draft(id), LIMITS)));
    expect(saved.map(({ version }) => version).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
}
