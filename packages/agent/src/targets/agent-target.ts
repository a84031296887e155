/** A target of the agent's environment. Every text may be `secret://name#field`. */
export type AgentTarget =
  | {
      readonly name: string;
      readonly type: 'postgres';
      readonly host: string;
      readonly port: string;
      readonly database: string;
      /** Undefined: as PostgreSQL's own programs choose it. */
      readonly user?: string | undefined;
      readonly password?: string | undefined;
    }
  | { readonly name: string; readonly type: 'folder'; readonly location: string }
  | { readonly name: string; readonly type: 's3'; readonly location: string };

/** Variables that tell an attempt about a target begin so: `BRONZE_HOST`, `BRONZE_PORT`, … of target `bronze`. */
export function variablePrefixOf(target: string): string {
  return `${target.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_`;
}
