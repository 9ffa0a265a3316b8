import type { Compressor } from './contract.ts';
import { jsonMinify } from './json-minify/json-minify.ts';
import { jsonTable, jsonTableAffix } from './json-table/json-table.ts';
import { logTemplate } from './log-template/log-template.ts';

/** The compressors that lose nothing that matters, in the order in which equal results are preferred. */
export const compressors: readonly Compressor[] = [jsonMinify, jsonTable, jsonTableAffix, logTemplate];

export { legacyCompressors, legacyDecompress } from './legacy/legacy.ts';
