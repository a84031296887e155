// Which executor an agent has, and what that one needs to know. The caller decides; nothing is found out here.
import type { EnvironmentKind, ExecutorName, SidecarDeclaration, TicketDeclaration } from '@towpath/core';

/** What the executor `docker` needs. */
export interface DockerSetup {
  /** `unix:///path` or `tcp://host:port`; undefined: the usual socket. */
  readonly host?: string | undefined;
  /** Folder with ca.pem, cert.pem and key.pem; with it TCP is TLS. */
  readonly certificates?: string | undefined;
  readonly network?: string | undefined;
  readonly ticketVolume?: string | undefined;
  /** Folder with the `config.json` that `docker login` writes. */
  readonly configFolder: string;
}

/** What the executor `kubernetes` needs. */
export interface KubernetesSetup {
  readonly access:
    | { readonly kind: 'kubeconfig'; readonly path: string; readonly context?: string | undefined }
    /** As the service account of the Pod that runs the agent, whose variables these are. */
    | { readonly kind: 'cluster'; readonly variables: Readonly<Record<string, string | undefined>> };
  readonly namespace: string;
  readonly serviceAccount?: string | undefined;
  readonly imagePullSecrets?: readonly string[] | undefined;
  /** Who Pods run as; undefined: as their images say. */
  readonly runAsUser?: number | undefined;
  /** Of the server, as Pods reach it. Default: as the agent does. */
  readonly serverUrl?: string | undefined;
  /** File (PEM) with authorities that are trusted besides the usual ones. */
  readonly authorityFile?: string | undefined;
  readonly sidecars?: readonly SidecarSetup[] | undefined;
  readonly tickets?: TicketDeclaration | undefined;
}

/** A container beside each attempt. */
export interface SidecarSetup extends Omit<SidecarDeclaration, 'memory'> {
  readonly memoryMiB: number | undefined;
}

/** Where images come from. */
export interface ImageSetup {
  /** Undefined: the environment has none, and says so when one is needed. */
  readonly registry: string | undefined;
  /** Of TypeScript tasks; undefined: `platform/runner` of the registry. */
  readonly runnerImage: string | undefined;
  readonly environment: string;
  /** Tags that may move which the environment takes, see `judgeImageVersion`. */
  readonly floatingTags: readonly string[];
  /** In `local` an image that was built here and is in no registry will do. */
  readonly kind: EnvironmentKind;
}

export interface ExecutorSetup {
  readonly name: ExecutorName;
  /** The rule that chose it, for people. */
  readonly decidedBy: string;
  /** The environment declares it. */
  readonly isDeclared: boolean;
  readonly images: ImageSetup;
  readonly docker: DockerSetup;
  readonly kubernetes: KubernetesSetup;
}
