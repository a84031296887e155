// The seam behind which people are told: at least once, with a key by which a receiver knows a repetition.
import type { TakenDelivery } from '@towpath/api';

/** One way to tell somebody. */
export interface NotificationSink {
  readonly name: string;
  /**
   * What identifies the channel: a URL or addresses, with secrets resolved. Two environments must not name the same one.
   *
   * @throws SinkRefusal when it can't be resolved
   */
  findChannels(): Promise<readonly string[]>;
  /**
   * Resolves when the sink has accepted the notification. The id of the delivery is sent along, the same with each try.
   *
   * @throws SinkRefusal
   */
  deliver(delivery: TakenDelivery, signal: AbortSignal): Promise<void>;
}

/** Gives what a text stands for: a secret for `secret://name#field`, else the text itself. As late as possible, kept nowhere. */
export type ResolveText = (text: string) => Promise<string>;

/** For agents without a provider of secrets. @throws SinkRefusal `SECRET_UNRESOLVED` for a reference */
export const refuseSecrets: ResolveText = async (text) => {
  if (text.startsWith('secret://')) throw new SinkRefusal('SECRET_UNRESOLVED');
  return text;
};

/** A sink that did not accept a notification. Its words hold no address, since addresses are often the secret. */
export class SinkRefusal extends Error {
  /** Stable word: `HTTP_404`, `SMTP_550`, `UNREACHABLE`, `TIMED_OUT`, `ADDRESS_INVALID`, `SECRET_UNRESOLVED`. */
  readonly code: string;
  /** How long the sink wants to be left alone. */
  readonly retryAfterSeconds: number | null;

  constructor(code: string, retryAfterSeconds: number | null = null, options?: ErrorOptions) {
    super(code, options);
    this.name = 'SinkRefusal';
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
