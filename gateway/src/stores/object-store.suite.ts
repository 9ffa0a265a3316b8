import { describe, expect, test } from 'vitest';
import type { OwnedObject, RecordStore } from './contract.ts';

const object = (id: string, overrides: Partial<OwnedObject> = {}): OwnedObject => ({
  id,
  kind: 'file',
  keyId: 'key-1',
  provider: 'acme',
  createdAt: 1_700_000_000_000,
  ...overrides,
});

/** What every database must do the same with owned objects. */
export function objectTests(at: { readonly store: RecordStore }): void {
  describe('owned objects', () => {
    test('are known by their id, and stay whose they are', async () => {
      const { objects } = at.store;
      await objects.add(object('file-1'));
      await objects.add(object('file-1', { keyId: 'key-2' }));
      expect(await objects.find('file-1')).toEqual(object('file-1'));
      expect(await objects.find("' OR 1=1 --")).toBeUndefined();
      await objects.remove('file-1');
      expect(await objects.find('file-1')).toBeUndefined();
    });

    test('are listed by key and kind, newest first, page by page', async () => {
      const { objects } = at.store;
      await objects.add(object('file-a', { createdAt: 1 }));
      await objects.add(object('file-c', { createdAt: 2 }));
      await objects.add(object('file-b', { createdAt: 2 }));
      await objects.add(object('batch-1', { kind: 'batch' }));
      await objects.add(object('file-x', { keyId: 'key-2' }));
      const query = { keyId: 'key-1', kind: 'file', limit: 2 } as const;
      const first = await objects.list(query);
      expect(first.map(({ id }) => id)).toEqual(['file-c', 'file-b']);
      expect((await objects.list({ ...query, after: first[1] })).map(({ id }) => id)).toEqual(['file-a']);
    });
  });
}
