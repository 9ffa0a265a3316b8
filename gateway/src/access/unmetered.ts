import { GatewayError } from '../model/error.ts';
import type { OperationId } from '../model/operation.ts';
import type { Caller } from '../model/turn.ts';
import { CountedAccount } from './counted-account.ts';

/**
 * Refuses what a key's budget or list of models can't be held to, since nobody looks into it. Throws
 * `operation.unmetered`, unless the operator allows the operation by name.
 */
export function refuseUnmetered(
  { account, models }: Caller,
  operation: OperationId,
  allowed: readonly OperationId[],
): void {
  if (allowed.includes(operation)) return;
  const hasBudget = account instanceof CountedAccount && account.budget?.limitNanousd !== undefined;
  if (!hasBudget && !models) return;
  throw new GatewayError(
    'operation.unmetered',
    `This API key has a ${hasBudget ? 'budget' : 'list of models'}, which can’t be held in ${operation}. The operator can allow it all the same (operations.unmetered).`,
  );
}
