import { readFile } from 'node:fs/promises';

/** Reads a file of credentials. */
export const readText = (path: string): Promise<string> => readFile(path, 'utf8');
