// How often a load is tried again by itself, and how long it waits before. The platform retries an attempt too (exit code
// 75), with another process and in its own time; this is for what passes within seconds.

/** What `BRONZE_RETRY_COUNT`, `_DELAY` and `_BACKOFF` say. */
export interface RetryPolicy {
  /** Tries after the first. */
  readonly count: number;
  readonly delaySeconds: number;
  /** Each wait is this many times as long as the one before. */
  readonly backoff: number;
}

/** One setting of the policy. */
export interface RetrySetting {
  readonly variable: string;
  readonly description: string;
  /** What is allowed, for people. */
  readonly expected: string;
  isValid(text: string): boolean;
}

const MAX_COUNT = 100;
const MAX_DELAY_SECONDS = 3_600;
const MAX_BACKOFF = 10;
const DECIMAL = /^\d{1,4}(\.\d{1,3})?$/;

/** The settings, in the order of manifest and manual. */
export const RETRY_SETTINGS: readonly RetrySetting[] = [
  {
    variable: 'BRONZE_RETRY_COUNT',
    description: 'Tries after the first when a connection fails, or something else that passes; 0 when not set',
    expected: `a whole number from 0 to ${MAX_COUNT}`,
    isValid: (text) => /^\d{1,3}$/.test(text) && Number(text) <= MAX_COUNT,
  },
  {
    variable: 'BRONZE_RETRY_DELAY',
    description: 'Seconds to wait before the first of them; 5 when not set',
    expected: `seconds from 0 to ${MAX_DELAY_SECONDS}`,
    isValid: (text) => DECIMAL.test(text) && Number(text) <= MAX_DELAY_SECONDS,
  },
  {
    variable: 'BRONZE_RETRY_BACKOFF',
    description: 'How many times as long as the wait before each wait is; 2 when not set',
    expected: `a number from 1 to ${MAX_BACKOFF}`,
    isValid: (text) => DECIMAL.test(text) && Number(text) >= 1 && Number(text) <= MAX_BACKOFF,
  },
];

/** Reads texts that have been checked. */
export function toRetryPolicy(env: Readonly<Record<string, string | undefined>>): RetryPolicy {
  return {
    count: Number(env.BRONZE_RETRY_COUNT || 0),
    delaySeconds: Number(env.BRONZE_RETRY_DELAY || 5),
    backoff: Number(env.BRONZE_RETRY_BACKOFF || 2),
  };
}

/** Seconds before try `number` (the first after the first is 1); never more than an hour. */
export function waitSecondsBefore({ delaySeconds, backoff }: RetryPolicy, number: number): number {
  return Math.min(MAX_DELAY_SECONDS, delaySeconds * backoff ** (number - 1));
}
