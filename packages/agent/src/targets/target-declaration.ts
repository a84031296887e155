/** A target of an environment, as the project declares it. Every text may be `secret://name#field`. */
export type TargetDeclaration =
  | {
      readonly name: string;
      readonly type: 'postgres';
      readonly host: string;
      readonly port: number;
      readonly database: string;
      readonly user: string;
      readonly password?: string | undefined;
    }
  | { readonly name: string; readonly type: 'folder'; readonly location: string };

/** Variables that tell an attempt about a target begin so: `BRONZE_HOST`, `BRONZE_PORT`, … of target `bronze`. */
export function variablePrefixOf(target: string): string {
  return `${target.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_`;
}
