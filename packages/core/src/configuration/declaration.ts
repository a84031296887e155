// A project's declaration of its variables and environments, as `towpath.yaml` says it, with the defaults filled in.
import type { EnvironmentKind } from '../environments/environment.ts';
import type { Place } from './place.ts';
import type { ParityClass, ValueType } from './value-type.ts';

/** A text somebody wrote, and where. */
export interface DeclaredText {
  readonly text: string;
  readonly place?: Place | undefined;
}

/** One variable of `variables:`. */
export interface VariableDeclaration {
  readonly name: string;
  readonly type: ValueType;
  readonly isRequired: boolean;
  readonly isSecret: boolean;
  /** It may never change once a release had it. */
  readonly isImmutable: boolean;
  readonly default: DeclaredText | undefined;
  /** A computed variable's text with `${NAME}` in it; nothing else can set it. */
  readonly template: DeclaredText | undefined;
  readonly example: string | undefined;
  readonly description: string | undefined;
  /** A regular expression that the whole value matches. */
  readonly pattern: string | undefined;
  /** Of a number its value, of a text its length. */
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** Words of an `enum`. */
  readonly values: readonly string[];
  readonly parity: ParityClass;
  readonly place?: Place | undefined;
}

/** Kinds of things that an environment can own, named as `owns:` names them. */
export const OWNED_KINDS = [
  'buckets',
  'hosts',
  'databases',
  'accounts',
  'namespaces',
  'principals',
  'realms',
  'secretPaths',
  'paths',
  'urls',
] as const;

export type OwnedKind = (typeof OWNED_KINDS)[number];

/** Patterns by kind: `*` stands for any text, a pattern that ends in `/` for all below it. */
export type Ownership = Readonly<Record<OwnedKind, readonly string[]>>;

/** A table store or an object zone; every text may hold `${NAME}` or be `secret://…`. There only where `when` holds (CEL). */
export type TargetDeclaration =
  | {
      readonly type: 'postgres';
      readonly host: string;
      readonly port: string;
      readonly database: string;
      /** Undefined: as PostgreSQL's own programs choose it. */
      readonly user?: string | undefined;
      readonly password?: string | undefined;
      readonly when?: string | undefined;
      readonly place?: Place | undefined;
    }
  | {
      readonly type: 'folder';
      readonly location: string;
      readonly when?: string | undefined;
      readonly place?: Place | undefined;
    }
  | S3TargetDeclaration;

/** A bucket, or what lies below a prefix of one; all but the location may be left to the attempt's variables. */
export interface S3TargetDeclaration {
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
  readonly when?: string | undefined;
  readonly place?: Place | undefined;
}

export const EXECUTOR_NAMES = ['process', 'docker', 'kubernetes'] as const;

export type ExecutorName = (typeof EXECUTOR_NAMES)[number];

/** Keys of `Sizing`. */
export const SIZING_KEYS = [
  'cpu',
  'memory',
  'workers',
  'retentionDays',
  'zoneRetentionDays',
  'retentionDaily',
  'spot',
  'zones',
] as const;

/** What an environment's work may use. */
export interface Sizing {
  readonly cpu: number | undefined;
  /** `512Mi`, `1Gi` */
  readonly memory: string | undefined;
  readonly workers: number | undefined;
  readonly retentionDays: number | undefined;
  /** By zone; stands above `retentionDays`. */
  readonly zoneRetentionDays: Readonly<Record<string, number>> | undefined;
  /** `HH:MM` in UTC: when an agent deletes each day what is past; undefined: only who calls the command does. */
  readonly retentionDaily: string | undefined;
  readonly spot: boolean | undefined;
  readonly zones: number | undefined;
}

/** Where secrets come from; `options` belong to the provider, which checks them. */
export interface SecretsDeclaration {
  readonly provider: string;
  readonly ttlSeconds: number;
  /** How old a value may be that is used because the provider can't be reached. */
  readonly maxStaleSeconds: number;
  readonly options: Readonly<Record<string, unknown>>;
  readonly place?: Place | undefined;
}

/** A sink of notifications. Every text may be `secret://…`. */
export interface NotifyDeclaration {
  readonly name: string;
  readonly sink: 'slack' | 'webhook' | 'email';
  readonly url: string | undefined;
  readonly to: readonly string[];
  readonly from: string | undefined;
  readonly secret: string | undefined;
  readonly severities: readonly ('info' | 'warning' | 'critical')[];
  readonly place?: Place | undefined;
}

/** How the executor `docker` reaches its engine, and what its containers see. */
export interface DockerDeclaration {
  /** `unix:///…` or `tcp://…`; undefined: as DOCKER_HOST says. */
  readonly host: string | undefined;
  /** Network of the containers: there they find services by name. */
  readonly network: string | undefined;
  /** Volume with Kerberos tickets. */
  readonly ticketVolume: string | undefined;
}

/** A container that runs beside each Pod's attempt. */
export interface SidecarDeclaration {
  readonly name: string;
  readonly image: string;
  /** Instead of the image's entry point, and of its words. */
  readonly command: readonly string[] | undefined;
  readonly args: readonly string[] | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** Secrets of the namespace as folders that this container alone sees. */
  readonly secrets: readonly { readonly secret: string; readonly mountPath: string }[];
  /** Words of a command; attempts start once that has ended with 0. */
  readonly startupProbe: readonly string[] | undefined;
  readonly cpu: number | undefined;
  /** `64Mi`, `1Gi` */
  readonly memory: string | undefined;
}

/** Where Kerberos tickets lie in the namespace that no sidecar makes. */
export type TicketDeclaration =
  | { readonly kind: 'secret'; readonly name: string }
  | { readonly kind: 'claim'; readonly name: string };

/** How the executor `kubernetes` runs Pods; the namespace is the environment's. */
export interface KubernetesDeclaration {
  /** Of the kubeconfig; undefined: its current one. */
  readonly context: string | undefined;
  /** Of Pods; undefined: the namespace's default. */
  readonly serviceAccount: string | undefined;
  /** Secrets with credentials of registries. */
  readonly imagePullSecrets: readonly string[];
  /** Numeric, not root; undefined: as images say. */
  readonly runAsUser: number | undefined;
  /** Of the server, as Pods reach it; undefined: as the agent does. */
  readonly serverUrl: string | undefined;
  readonly sidecars: readonly SidecarDeclaration[];
  readonly tickets: TicketDeclaration | undefined;
}

/** Of an environment that says nothing of it. */
export const NO_KUBERNETES: KubernetesDeclaration = {
  ...{ context: undefined, serviceAccount: undefined, imagePullSecrets: [], runAsUser: undefined },
  ...{ serverUrl: undefined, sidecars: [], tickets: undefined },
};

/** After how many hours something that did not happen is told; undefined: never, or the platform's default. */
export interface AlertDeclaration {
  /** Since the last end of a run, of each pipeline with a schedule that ticks. */
  readonly noRunHours: number | undefined;
  /** That a promotion waits. Default of the platform: 24. */
  readonly promotionStuckHours: number | undefined;
}

/** A command that brings releases in, run by the environment's agent. */
export interface DeployDeclaration {
  /** Program and words; no shell. */
  readonly command: readonly string[];
  readonly timeoutSeconds: number;
}

/** One environment. Names that follow from its own are filled in. */
export interface EnvironmentDeclaration {
  readonly name: string;
  readonly kind: EnvironmentKind;
  /** In the order of promotion, from 0. */
  readonly position: number;
  /** Undefined: facts decide, see `decideExecutor`. */
  readonly executor: ExecutorName | undefined;
  readonly docker: DockerDeclaration;
  readonly kubernetes: KubernetesDeclaration;
  /** Image with Node in which TypeScript tasks run; undefined: `<registry>/platform/runner:<platform version>`. */
  readonly runnerImage: string | undefined;
  /** Undefined: none is declared and none is known by convention; who needs it asks `getRegistry`. */
  readonly registry: string | undefined;
  /** Tags of images that it takes although they may move; none in production. */
  readonly floatingTags: readonly string[];
  readonly namespace: string;
  readonly stack: string;
  readonly dbtTarget: string;
  readonly values: ReadonlyMap<string, DeclaredText>;
  readonly owns: Ownership;
  readonly targets: ReadonlyMap<string, TargetDeclaration>;
  /** Object zone by layer: bronze, silver, gold and others that are declared. */
  readonly zones: ReadonlyMap<string, string>;
  readonly secrets: SecretsDeclaration | undefined;
  readonly sizing: Sizing;
  readonly notify: readonly NotifyDeclaration[];
  readonly alerts: AlertDeclaration;
  /** Undefined: a release is its code and its images. */
  readonly deploy: DeployDeclaration | undefined;
  readonly place?: Place | undefined;
}

/** A rule of the project's own: where `when` holds, `rule` must. Both are CEL expressions. */
export interface GuardDeclaration {
  readonly name: string;
  readonly when: string | undefined;
  readonly rule: string;
  readonly message: string;
  readonly fix: string | undefined;
  readonly place?: Place | undefined;
}

/** Which differences between environments are no finding. */
export interface ParityDeclaration {
  readonly allowed: readonly ParityClass[];
  /** Variables that may differ whatever their class. */
  readonly variables: readonly string[];
  /** Variables and keys (`sizing.retentionDays`) that must be the same whatever their class. */
  readonly same: readonly string[];
}

/** All that rules look at. */
export interface ProjectDeclaration {
  readonly name: string;
  /** Absolute, with `/`: what relative paths are below. Undefined: paths are compared as they are written. */
  readonly folder?: string | undefined;
  readonly defaultEnvironment: string | undefined;
  /** True: config/.env.<environment> stands above variables of the process. */
  readonly fileWins: boolean;
  /** In the order of the file. */
  readonly variables: ReadonlyMap<string, VariableDeclaration>;
  /** False: the file names none, and `environments` holds `local` alone. */
  readonly hasEnvironments: boolean;
  /** In the order of promotion. */
  readonly environments: ReadonlyMap<string, EnvironmentDeclaration>;
  /** What several environments may use. */
  readonly shared: Ownership;
  readonly guards: readonly GuardDeclaration[];
  readonly parity: ParityDeclaration;
}
