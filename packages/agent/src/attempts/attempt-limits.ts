/** What one attempt may use, as its environment's sizing declares it. */
export interface AttemptLimits {
  /** Virtual CPUs. */
  readonly cpu?: number | undefined;
  readonly memoryMiB?: number | undefined;
}
