import { TowpathError } from '@towpath/core';
import { SECRETS_DOCS } from './secret-errors.ts';

/** The refusal of a path that belongs to `owner`. */
export function secretForeign(reference: string, environment: string, owner: string): TowpathError {
  return new TowpathError({
    code: 'SECRET_FOREIGN',
    message: `[${environment.toUpperCase()}] ${reference} belongs to environment ${owner}; nothing was asked.`,
    cause: `Environment ${environment} may only use its own secrets and shared ones.`,
    fix: `Refer to a secret of ${environment}, or declare its path under shared: { secretPaths }.`,
    docs: SECRETS_DOCS,
  });
}
