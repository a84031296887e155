// Calls of procedures as clients send them: what SQL they stand for. `sp_prepare` and its like keep SQL under a handle for the
// connection.
import type { RpcParameter, RpcRequest } from '../codec/requests.ts';
import { callProcedure, type DeclaredParameter, readDeclarations } from './batch/call-procedure.ts';
import { MockSqlError, toMockSqlError } from './engine/mock-sql-error.ts';
import type { SqlParameter } from './engine/sql-parameter.ts';

/** What a call stands for. */
export interface ReadCall {
  /** Undefined where nothing is to be run. */
  readonly sql: string | undefined;
  readonly parameters: readonly SqlParameter[];
  /** Of a statement that was prepared just now. */
  readonly handle: number | undefined;
  readonly error: MockSqlError | undefined;
}

interface Prepared {
  readonly sql: string;
  readonly declared: readonly DeclaredParameter[];
}

/** The prepared statements of one connection. */
export class PreparedStatements {
  private readonly byHandle = new Map<number, Prepared>();
  private nextHandle = 1;

  /** Reads a call; what is wrong with it is in `error`: 8179 for an unknown handle, and those of `callProcedure`. */
  read(request: RpcRequest): ReadCall {
    try {
      return { ...NO_CALL, ...this.take(request) };
    } catch (error) {
      return { ...NO_CALL, error: toMockSqlError(error) };
    }
  }

  private take({ procedure, parameters }: RpcRequest): Partial<ReadCall> {
    const [first, second, third] = parameters;
    switch (toPlainName(procedure)) {
      case 'sp_executesql':
        return toCall(prepare(first, second), parameters.slice(2));
      case 'sp_prepare':
        return { handle: this.keep(prepare(third, second)) };
      case 'sp_prepexec':
        return { ...toCall(prepare(third, second), parameters.slice(3)), handle: this.keep(prepare(third, second)) };
      case 'sp_execute':
        return toCall(this.find(first), parameters.slice(1));
      case 'sp_unprepare':
        this.find(first);
        this.byHandle.delete(Number(first?.value));
        return {};
      default:
        return callProcedure(toPlainName(procedure), parameters);
    }
  }

  private keep(statement: Prepared): number {
    const handle = this.nextHandle++;
    this.byHandle.set(handle, statement);
    return handle;
  }

  private find(handle: RpcParameter | undefined): Prepared {
    const found = this.byHandle.get(Number(handle?.value));
    if (found) return found;
    const text = `Could not find prepared statement with handle ${String(handle?.value ?? null)}.`;
    throw new MockSqlError(8179, 16, text);
  }
}

const NO_CALL: ReadCall = { sql: undefined, parameters: [], handle: undefined, error: undefined };

/** `[sys].[sp_executesql]` and `sys.sp_executesql` are `sp_executesql`. */
function toPlainName(procedure: string): string {
  return procedure.replaceAll(/[[\]]/g, '').split('.').at(-1)?.toLowerCase() ?? '';
}

function prepare(sql: RpcParameter | undefined, declarations: RpcParameter | undefined): Prepared {
  return { sql: String(sql?.value ?? ''), declared: readDeclarations(String(declarations?.value ?? '')) };
}

/** Values have the types they were sent with; those without a name take it from the declaration at their place. */
function toCall({ sql, declared }: Prepared, values: readonly RpcParameter[]): Partial<ReadCall> {
  const parameters = values.map(({ name, type, value }, index) => ({
    name: name === '' ? (declared[index]?.name ?? '') : name,
    ...{ type, value },
  }));
  return { sql, parameters };
}
