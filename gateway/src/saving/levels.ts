import type { SavingLevel } from '../model/compressed-text.ts';
import { REPEATED } from './repeated-blocks.ts';

const LOW = ['json-minify'];
const MEDIUM = [...LOW, 'json-table', 'log-template', REPEATED];

/** What each level uses. `high` also cuts links and times to what differs, which a model has to put together again. */
export const LEVELS: Readonly<Record<SavingLevel, readonly string[]>> = {
  low: LOW,
  medium: MEDIUM,
  high: [...MEDIUM, 'json-table-affix'],
};
