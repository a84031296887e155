// The errors of this package, by code. Causes never contain a password.
import { TowpathError } from '@towpath/core';

/** Bytes that no TDS peer sends: the other side isn't a SQL Server, or the stream is damaged. Code `TDS_PROTOCOL_ERROR`. */
export function protocolError(detail: string): TowpathError {
  return new TowpathError({
    code: 'TDS_PROTOCOL_ERROR',
    message: 'The other side sent bytes that are not TDS.',
    cause: detail,
    fix: 'Check that MSSQL_SERVER and MSSQL_PORT name a SQL Server and nothing in between rewrites the traffic.',
  });
}

/** A value that its declared type can't hold. Code `TDS_VALUE_INVALID`. */
export function valueError(detail: string): TowpathError {
  return new TowpathError({ code: 'TDS_VALUE_INVALID', message: 'A value does not fit its SQL type.', cause: detail });
}

/** A type or code page this package doesn't decode. Code `TDS_TYPE_UNSUPPORTED`. */
export function typeError(detail: string): TowpathError {
  return new TowpathError({
    code: 'TDS_TYPE_UNSUPPORTED',
    message: 'A column has a type that cannot be read.',
    cause: detail,
    fix: 'Leave the column out, or convert it in the query (for example CAST(… AS nvarchar(max))).',
  });
}
