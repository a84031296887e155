// What agent and launcher say to each other: one JSON object a line. Both are of one version, so nothing is parsed twice.

/** A shim to be started. */
export interface ShimRequest {
  /** Of `/bin/sh`: the script and what it gets. */
  readonly args: readonly string[];
  readonly workFolder: string;
  readonly environmentVariables: Readonly<Record<string, string>>;
  /** Path of the log; its end is where output goes. */
  readonly log: string;
}

/** To the launcher. `id` names a shim; `say` and `dismiss` close its input. */
export type LauncherOrder = { readonly id: number } & (
  | { readonly start: ShimRequest }
  | { readonly say: string }
  | { readonly dismiss: true }
);

/** From the launcher. */
export type LauncherWord = { readonly id: number } & (
  | { readonly pid: number; readonly startTime: string }
  | { readonly error: { readonly code: string | null; readonly message: string } }
  | { readonly gone: true }
);
