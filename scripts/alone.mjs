// Two commands started at the same moment must not install or build into the same folder at once.
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ROOT } from './root.mjs';

const POLL_MS = 200;

/** Runs `work` while no other process of this checkout does work of the same name. */
export async function alone(name, work) {
  const lock = join(tmpdir(), `synthlang-${name}-${createHash('sha256').update(ROOT).digest('hex').slice(0, 16)}.lock`);
  while (!taken(lock)) {
    if (abandoned(lock)) rmSync(lock, { force: true });
    else await pause(POLL_MS);
  }
  const release = () => rmSync(lock, { force: true });
  process.once('exit', release);
  try {
    await work();
  } finally {
    release();
    process.off('exit', release);
  }
}

function taken(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** A lock whose process is gone holds nobody up. */
function abandoned(lock) {
  try {
    const owner = Number(readFileSync(lock, 'utf8'));
    if (owner === 0) return false; // between being made and being written
    process.kill(owner, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}
