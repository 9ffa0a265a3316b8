import { readdirSync, readFileSync, appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { handTurned, record, settled } from '../../test/support.ts';
import { GatewayError } from '../model/error.ts';
import type { RecordStore, SpendRow } from '../stores/contract.ts';
import { openSpendJournal } from '../stores/spend-journal.ts';
import { recoverSpend, SpendBook } from './spend-book.ts';
import { temporaryFolder } from '../../test/temporary-folder.ts';

let folder: string;
let moment = 0;
beforeEach(() => {
  folder = temporaryFolder('journal');
});

/** A database that can be told to fail, and what is in it. */
function database() {
  const rows = new Map<string, SpendRow>();
  const state = { isDown: false, settled: 0 };
  const store: Pick<RecordStore, 'addSpend' | 'settle'> = {
    addSpend: async (more) => {
      await Promise.resolve();
      if (state.isDown) throw new Error('down');
      for (const row of more) if (!rows.has(row.requestId)) rows.set(row.requestId, row);
    },
    settle: async () => {
      state.settled += 1;
    },
  };
  return { rows, state, store };
}

/** A process: its id, and whether it is the only one alive. */
function opened(processId = 1, alive: readonly number[] = []) {
  const nowMs = (): number => (moment += 1);
  return openSpendJournal(folder, { nowMs, processId, isRunning: (id) => alive.includes(id) });
}

function book(journal = opened().journal, waitingMax = 1000) {
  const data = database();
  const clock = handTurned();
  const warnings: string[] = [];
  const ports = {
    store: data.store,
    journal,
    deadlines: clock.deadlines,
    warn: (_: object, message: string) => void warnings.push(message),
  };
  return { ...data, clock, warnings, journal, spend: new SpendBook({ flushMs: 100, waitingMax }, ports) };
}

const turnOf = (turnId: string) => record({ turnId, cost: { nanousd: 7 } });
const held = (turnId: string) => ({ turnId, keyId: 'k', periodStart: 5, nanousd: 99, at: 3 });

test('what a turn cost is in the journal at once, and in the database a little later', async () => {
  const { spend, rows, clock } = book();
  spend.add(turnOf('a'));
  spend.add(turnOf('b'));
  expect(rows.size).toBe(0);
  expect(opened(2).left.rows.map(({ requestId }) => requestId)).toEqual(['a', 'b']);
  clock.pass(100);
  await settled();
  expect([...rows.values()]).toMatchObject([
    { requestId: 'a', costNanousd: 7, keyId: 'key-1' },
    { requestId: 'b', costNanousd: 7 },
  ]);
});

test('a turn that its key’s limits refused leaves no trace', async () => {
  const { spend, rows } = book();
  for (const code of ['limit.rate', 'budget.exhausted'] as const)
    spend.add({ ...turnOf(code), end: 'failed', error: new GatewayError(code, 'no') });
  expect(opened(2).left.rows).toEqual([]);
  await spend.close();
  expect(rows.size).toBe(0);
});

test('a process that dies loses nothing: what ended counts as it was, what ran counts at its worst', async () => {
  const { spend, journal } = book();
  journal.reserve(held('ended'));
  spend.add(turnOf('ended'));
  journal.reserve(held('running'));
  const next = opened(2);
  const data = database();
  await recoverSpend(next.left, { store: data.store, journal: next.journal });
  expect(
    [...data.rows.values()].map(({ requestId, costNanousd, periodStart }) => [requestId, costNanousd, periodStart]),
  ).toEqual([
    ['ended', 7, 0],
    ['running', 99, 5],
  ]);
  expect(data.rows.get('running')?.estimated).toBe(true);
  expect(opened(3).left).toEqual({ rows: [], open: [] });
});

test('a recovery that fails loses nothing either', async () => {
  const { spend } = book();
  spend.add(turnOf('a'));
  const next = opened(2);
  const data = database();
  data.state.isDown = true;
  await expect(recoverSpend(next.left, { store: data.store, journal: next.journal })).rejects.toThrow('down');
  expect(opened(3).left.rows).toHaveLength(1);
});

test('a line that was torn by death is passed over', () => {
  const { spend } = book();
  spend.add(turnOf('a'));
  const [name = ''] = readdirSync(folder);
  appendFileSync(join(folder, name), readFileSync(join(folder, name), 'utf8').slice(0, 50));
  expect(opened(2).left.rows.map(({ requestId }) => requestId)).toEqual(['a']);
});

test('the journal of a process that is running is left alone', () => {
  const { spend } = book();
  spend.add(turnOf('a'));
  expect(opened(2, [1]).left.rows).toEqual([]);
  expect(opened(1, [1]).left.rows).toHaveLength(1);
});

test('while the database is down rows wait, and the operator is told', async () => {
  const { spend, state, rows, clock, warnings } = book();
  state.isDown = true;
  spend.add(turnOf('a'));
  clock.pass(100);
  await settled();
  expect(warnings).toHaveLength(1);
  state.isDown = false;
  spend.add(turnOf('b'));
  clock.pass(100);
  await settled();
  expect([...rows.keys()]).toEqual(['a', 'b']);
});

test('more rows than may wait stay in the journal, which then stays itself', async () => {
  const { spend, rows, state } = book(opened().journal, 1);
  state.isDown = true;
  spend.add(turnOf('a'));
  spend.add(turnOf('b'));
  state.isDown = false;
  await spend.close();
  expect([...rows.keys()]).toEqual(['a']);
  expect(opened(2).left.rows.map(({ requestId }) => requestId)).toEqual(['a', 'b']);
});

test('a proper end leaves everything in the database and nothing in the folder', async () => {
  const { spend, rows, state } = book();
  for (const id of ['a', 'b', 'c']) spend.add(turnOf(id));
  await spend.close();
  expect([...rows.keys()]).toEqual(['a', 'b', 'c']);
  expect(state.settled).toBeGreaterThan(0);
  expect(readdirSync(folder)).toEqual([]);
});

test('a new file begins with what still runs', () => {
  const { journal } = opened();
  journal.reserve(held('running'));
  journal.reserve(held('ended'));
  journal.settle({ requestId: 'ended' } as SpendRow);
  const remove = journal.turnOver();
  remove();
  expect(opened(2).left).toEqual({ rows: [], open: [held('running')] });
});
