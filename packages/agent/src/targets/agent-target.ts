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
  | {
      readonly name: string;
      readonly type: 's3';
      /** `s3://bucket`, `s3://bucket/prefix` */
      readonly location: string;
      /** URL of a store that is not AWS. */
      readonly endpoint?: string | undefined;
      readonly region?: string | undefined;
      /** `true` or `false`; undefined: true where there is an endpoint. */
      readonly pathStyle?: string | undefined;
      readonly accessKeyId?: string | undefined;
      readonly secretAccessKey?: string | undefined;
      readonly sessionToken?: string | undefined;
    };
