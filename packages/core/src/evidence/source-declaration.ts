// Where evidence comes from, as a policy declares it. Credentials are not in it: `secretFrom` names a variable of the server.

/** Services that there are adapters for, with what each can be asked. */
export const EVIDENCE_SERVICES = {
  servicenow: ['change', 'incidents'],
  dynatrace: ['incidents', 'metrics'],
  github: ['checks', 'release'],
  http: ['statement'],
  file: ['change', 'incidents', 'checks', 'release', 'statement'],
} as const;

export type EvidenceService = keyof typeof EVIDENCE_SERVICES;

/** Only such variables are handed out, so that a policy can't send another secret of the server somewhere. */
export const SECRET_VARIABLE_PATTERN = /^TOWPATH_EVIDENCE_[A-Z0-9_]{1,64}$/;

interface OfServer {
  /** `https://…`; `http://` only on loopback. */
  readonly url: string;
  /** Variable of the server that holds password or token. */
  readonly secretFrom?: string | undefined;
}

/** One source. */
export type SourceDeclaration =
  | (OfServer & {
      readonly service: 'servicenow';
      /** With a user the secret is a password (basic), without one a token (bearer). */
      readonly user?: string | undefined;
      /** Name of the configuration item, or of the business service, that incidents must be about. */
      readonly configurationItem?: string | undefined;
      readonly businessService?: string | undefined;
    })
  | (OfServer & {
      readonly service: 'dynatrace';
      readonly entitySelector?: string | undefined;
      /** Further conditions of a problem selector: `managementZones("markets")`. */
      readonly problemSelector?: string | undefined;
    })
  | (OfServer & { readonly service: 'github'; readonly repository: string })
  | (OfServer & {
      readonly service: 'http';
      /** Where in the answer to look (RFC 6901). */
      readonly pointer: string;
      /** What must be there; absent: anything but nothing, false and empty text. */
      readonly equals?: string | number | boolean | undefined;
    })
  | {
      readonly service: 'file';
      /** In the server's folder of evidence. */
      readonly path: string;
    };

/** Sources by their name. */
export type DeclaredSources = Readonly<Record<string, SourceDeclaration>>;
