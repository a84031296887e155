// The seam behind which attempts run: same words, environment, exit code, result, log, time limit and cancel whatever
// runs them. An executor knows nothing of servers and sessions; the epoch is only kept for the next agent.
import type { ErrorFacts, ExecutorName } from '@towpath/core';
import type { EntryKind } from './entry-kind.ts';
import type { LogFile } from './log-file.ts';

/** What an attempt is, complete: nothing is looked up later. */
export interface AttemptSpecification {
  readonly attemptId: string;
  readonly epoch: number;
  /** Hash the server gave with the grant; an adopted attempt must have been started from the same. */
  readonly specHash: string;
  readonly work: AttemptWork;
  /**
   * All variables the attempt gets, apart from those only the executor knows: `TOWPATH_RESULT`, `TOWPATH_INPUTS`,
   * `TOWPATH_PARAMETERS`, `TMPDIR`, `PWD`.
   */
  readonly environmentVariables: Readonly<Record<string, string>>;
  /** Names of those whose text is a secret: it must not stand where an executor keeps its configuration. */
  readonly secretNames: ReadonlySet<string>;
  /** Weaker ones that a process of this host needs (PATH, HOME …); a container has its image's. */
  readonly hostVariables: Readonly<Record<string, string>>;
  /** Result documents of other tasks, by task id; the attempt finds them as JSON in the file `TOWPATH_INPUTS`. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Of the run; as JSON in the file `TOWPATH_PARAMETERS`. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** From its start, by the host's monotonic clock. */
  readonly timeoutSeconds: number;
  /** First line of its log, without the newline. */
  readonly firstLine: string;
  /** `sha256:…` of the image that its release names; undefined: its version alone names it. */
  readonly imageDigest?: string | undefined;
  /** What its datakit asks for; a scheduler of Pods is told so where the environment's sizing says nothing. */
  readonly requests?: { readonly cpu?: number | undefined; readonly memoryMiB?: number | undefined } | undefined;
  /** Plain JSON that is kept with the attempt for the agent that adopts it. Nothing secret. */
  readonly note?: unknown;
}

/** What is executed: the words of a command, or a function of a bundle that lies on this host. */
export type AttemptWork =
  | {
      readonly kind: 'command';
      readonly argv: readonly string[];
      /** What its datakit says of its image; `sh` when not given. */
      readonly entry?: EntryKind | undefined;
    }
  | {
      readonly kind: 'function';
      /** SHA-256 (hex) of the bundle. */
      readonly bundleHash: string;
      readonly bundleFolder: string;
      readonly module: string;
      readonly export: string;
      readonly taskId: string;
    };

/** How an attempt ended; the words are those of the API. */
export interface AttemptEnd {
  readonly outcome: 'succeeded' | 'failed' | 'errored' | 'cancelled';
  readonly exitCode: number | null;
  readonly reasonCode: string | null;
  readonly reason: string | null;
  /** Only when it succeeded, and then null when the command wrote none. */
  readonly result: ResultDocument | null;
}

/** The document a command writes to the path in `TOWPATH_RESULT`: a JSON object. */
export type ResultDocument = { [key: string]: JsonMember };
type JsonMember = null | boolean | number | string | JsonMember[] | { [key: string]: JsonMember };

/** An image as it was run. */
export interface ExecutedImage {
  /** As it was asked for. */
  readonly reference: string;
  /** Of its manifest in the registry; null when it is in none. */
  readonly digest: string | null;
}

/** An attempt this executor holds: running, or ended and not removed yet. */
export interface HeldAttempt {
  readonly attemptId: string;
  /** Resolves once, when nothing of the attempt runs any more. Never rejects. */
  readonly ended: Promise<AttemptEnd>;
  /** Grows while the attempt runs; complete once `ended` has resolved. */
  readonly log: LogFile;
  /** What it was started from; undefined before that, and for processes. */
  getImage(): ExecutedImage | undefined;
  /** Of its specification, as it was kept; undefined when it had none. */
  readonly note: unknown;
  /** Asks it to end: TERM, then KILL after the grace time. Repeating it is harmless, as is asking after its end. */
  cancel(): void;
  /** Keeps a new epoch on disk, for the agent after this one. */
  writeEpoch(epoch: number): Promise<void>;
  /** Kills what still runs and deletes everything about the attempt. After it nothing else may be called. */
  remove(): Promise<void>;
  /** Stops watching; the attempt goes on without us. */
  detach(): void;
}

/** An attempt that an earlier agent left on this host. */
export interface Leftover {
  readonly attemptId: string;
  readonly epoch: number;
  readonly specHash: string;
  /** False when nothing of it ever ran: it is not adopted then, but started from its grant. */
  readonly isStarted: boolean;
  /** Whose it is, when it is not that of new attempts. */
  readonly executor?: ExecutorName;
}

export interface Executor {
  /** Attempts on this host from an earlier agent: running, ended, or not started yet. What can't be told is deleted. */
  listLeftovers(): Promise<readonly Leftover[]>;
  /** Starts an attempt. What prevents its start is its end (`START_FAILED`), not an error of this call. */
  start(specification: AttemptSpecification): Promise<HeldAttempt>;
  /** Holds an attempt that can't be started for this reason, so that its log and its end are reported like any other. */
  refuse(specification: AttemptSpecification, facts: ErrorFacts): Promise<HeldAttempt>;
  /** Takes over a leftover: watches it on, or reports how it ended meanwhile (`SHIM_LOST` when nothing is left of it). */
  adopt(attemptId: string, epoch: number): Promise<HeldAttempt>;
  /** Kills a leftover with everything it started, and deletes it. */
  discard(attemptId: string): Promise<void>;
  /** Whether functions are to be expected: then what makes their start short may be kept ready. */
  expectFunctions(areExpected: boolean): void;
  /** Ends what is kept ready; nothing can be started afterwards. Attempts go on. */
  close(): Promise<void>;
}
