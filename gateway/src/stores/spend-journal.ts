import { closeSync, fdatasync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { LeftBehind, OpenReservation, SpendJournal, SpendRow } from './contract.ts';
import { reservationLine, reservationOfLine, spendLine, spendOfLine } from './spend-line.ts';

/** What the journal needs of the world. */
export interface JournalPorts {
  readonly nowMs: () => number;
  /** Names this process among those that may share the folder. */
  readonly processId: number;
  /** Whether a process with this id is running. */
  readonly isRunning: (processId: number) => boolean;
}

/** A line of the file: a reservation, or what a turn cost in the end. */
type Line = { readonly reserve: OpenReservation } | { readonly settle: SpendRow };

/** While the disk takes what was written, further writes wait for it, and turns with them. So not often. */
const SYNC_MS = 1000;
const FILE = /^spend-(\d{1,10})-\d{1,16}-\d{1,10}\.journal$/;

/** Opens a journal in a folder, and reads what processes that are gone have left there. */
export function openSpendJournal(folder: string, ports: JournalPorts): { journal: SpendJournal; left: LeftBehind } {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const former = readdirSync(folder)
    .filter((name) => isAbandoned(name, ports))
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((name) => join(folder, name));
  const left = former.map((path) => readFileSync(path, 'utf8')).join('\n');
  return { journal: new FileJournal(folder, ports, former), left: leftIn(left) };
}

function isAbandoned(name: string, { processId, isRunning }: JournalPorts): boolean {
  const owner = Number(FILE.exec(name)?.[1] ?? Number.NaN);
  return owner === processId || (!Number.isNaN(owner) && !isRunning(owner));
}

function leftIn(text: string): LeftBehind {
  const rows = new Map<string, SpendRow>();
  const open = new Map<string, OpenReservation>();
  for (const line of text.split('\n').flatMap(lineOf)) {
    if ('reserve' in line) open.set(line.reserve.turnId, line.reserve);
    else rows.set(line.settle.requestId, line.settle);
  }
  return { rows: [...rows.values()], open: [...open.values()].filter(({ turnId }) => !rows.has(turnId)) };
}

/** The last line may be torn, since whoever wrote it died. */
function lineOf(text: string): Line[] {
  try {
    if (text === '') return [];
    const line = JSON.parse(text) as { readonly reserve: unknown } | { readonly settle: unknown };
    return ['reserve' in line ? { reserve: reservationOfLine(line.reserve) } : { settle: spendOfLine(line.settle) }];
  } catch {
    return [];
  }
}

class FileJournal implements SpendJournal {
  readonly #folder: string;
  readonly #ports: JournalPorts;
  readonly #open = new Map<string, OpenReservation>();
  #former: readonly string[];
  #path = '';
  #file: number;
  #bytes = 0;
  #count = 0;
  #syncing: NodeJS.Timeout | undefined;

  constructor(folder: string, ports: JournalPorts, former: readonly string[]) {
    this.#folder = folder;
    this.#ports = ports;
    this.#former = former;
    this.#file = this.#begin();
  }

  readonly reserve = (reservation: OpenReservation): void => {
    this.#write(`{"reserve":${reservationLine(reservation)}}\n`);
    this.#open.set(reservation.turnId, reservation);
  };

  readonly settle = (row: SpendRow): void => {
    this.#write(`{"settle":${spendLine(row)}}\n`);
    this.#open.delete(row.requestId);
  };

  readonly bytes = (): number => this.#bytes;

  readonly turnOver = (): (() => void) => {
    const [file, path] = [this.#file, this.#path];
    this.#file = this.#begin();
    for (const reservation of this.#open.values()) this.#write(`{"reserve":${reservationLine(reservation)}}\n`);
    this.#former = [...this.#former, path];
    closeSync(file);
    const done = this.#former;
    return () => {
      for (const each of done) rmSync(each, { force: true });
      this.#former = this.#former.filter((each) => !done.includes(each));
    };
  };

  readonly close = (): void => {
    clearTimeout(this.#syncing);
    closeSync(this.#file);
    if (this.#bytes === 0) rmSync(this.#path, { force: true });
  };

  #begin(): number {
    const { processId, nowMs } = this.#ports;
    this.#path = join(this.#folder, `spend-${processId}-${nowMs()}-${(this.#count += 1)}.journal`);
    this.#bytes = 0;
    return openSync(this.#path, 'ax', 0o600);
  }

  /** One write for one line: a process that dies leaves all of it, or a torn end that is passed over. */
  #write(line: string): void {
    const written = writeSync(this.#file, line);
    this.#bytes += written;
    if (written < Buffer.byteLength(line)) throw new Error('The journal of spend could not be written to its end.');
    // The operating system has it now; the disk gets it in a moment, together with what comes until then.
    this.#syncing ??= setTimeout(() => this.#sync(), SYNC_MS).unref();
  }

  #sync(): void {
    this.#syncing = undefined;
    fdatasync(this.#file, () => undefined);
  }
}
