import type { Compressor } from './contract.ts';
import { jsonMinify } from './json-minify/json-minify.ts';
import { jsonTable } from './json-table/json-table.ts';

/** The compressors that lose nothing that matters, in the order in which equal results are preferred. */
export const compressors: readonly Compressor[] = [jsonMinify, jsonTable];
