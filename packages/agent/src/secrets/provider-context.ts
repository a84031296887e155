// What providers may know of the world around them; none looks at the process or its clock itself.

export interface ProviderContext {
  readonly environment: string;
  /** Folder of the project, in which `config/` lies. */
  readonly projectFolder: string;
  /** Kubernetes namespace of the environment. */
  readonly namespace: string;
  /** Variables of the agent's own process. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** The other environment that a path belongs to. */
  readonly findForeignOwner: (path: string) => string | undefined;
  /** Milliseconds that only grow. */
  readonly clock: () => number;
}
