// What holds for every file of tests.
import { afterAll } from 'vitest';
import { removeTemporaryFolders } from './temporary-folder.ts';

// Registered before any of the file's own, so it runs last.
afterAll(removeTemporaryFolders);
