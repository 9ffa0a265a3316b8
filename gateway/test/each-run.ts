import { chmodSync } from 'node:fs';
import { removeTemporaryFolder, temporaryFolder, temporaryFoldersIn } from './temporary-folder.ts';

/**
 * Gives each run of tests a temporary folder of its own, and complains when anything is left in it: then a test doesn't
 * clear up behind itself.
 */
export function setup(): () => void {
  const before = process.env['TMPDIR'];
  const folder = temporaryFolder('run');
  chmodSync(folder, 0o711); // a database that runs as another user has its own folder in it
  process.env['TMPDIR'] = folder;
  return () => {
    const left = temporaryFoldersIn(folder);
    removeTemporaryFolder(folder);
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    if (left.length === 0) return;
    process.exitCode = 1; // the runner prints what is thrown here, and no more
    throw new Error(`Tests left ${left.length} temporary folders behind: ${left.join(', ')}`);
  };
}
