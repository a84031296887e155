// Any receiver of JSON. `Idempotency-Key` tells a repetition; `Towpath-Signature: t=<unix seconds>,v1=<hex>` is HMAC-SHA-256
// of `<t>.<body>`: the time is signed too, so that a receiver can refuse what was recorded and is played again.
import { createHmac } from 'node:crypto';
import type { NotificationSink, ResolveText } from '../notification-sink.ts';
import { postJson } from '../post-json.ts';

/** What it needs. */
export interface WebhookSinkOptions {
  readonly name: string;
  readonly url: string;
  /** Key of the signature; undefined: requests are not signed. */
  readonly secret: string | undefined;
  readonly resolveText: ResolveText;
}

/** Creates the sink; nothing is resolved before it is used. */
export function createWebhookSink({ name, url, secret, resolveText }: WebhookSinkOptions): NotificationSink {
  return {
    name,
    findChannels: async () => [await resolveText(url)],
    deliver: async ({ id, tries, notification }, signal) => {
      const body = JSON.stringify({ deliveryId: id, tries, ...notification });
      const signature = secret === undefined ? {} : sign(await resolveText(secret), body);
      const headers = { 'idempotency-key': id, ...signature };
      await postJson({ url: await resolveText(url), body, headers, signal });
    },
  };
}

function sign(key: string, body: string): Readonly<Record<string, string>> {
  const at = Math.floor(Date.now() / 1000);
  const digest = createHmac('sha256', key).update(`${at}.${body}`).digest('hex');
  return { 'towpath-signature': `t=${at},v1=${digest}` };
}
