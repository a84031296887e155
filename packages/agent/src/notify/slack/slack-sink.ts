// Slack's incoming webhooks, and what imitates them (Mattermost, Rocket.Chat, Discord's /slack): a URL that is a secret, a
// JSON text. https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks. They know no idempotency key: a
// repeated delivery is a repeated message, recognisable by its id at the end.
import type { TakenDelivery } from '@towpath/api';
import type { NotificationSink, ResolveText } from '../notification-sink.ts';
import { postJson } from '../post-json.ts';

/** What it needs. */
export interface SlackSinkOptions {
  readonly name: string;
  readonly url: string;
  readonly resolveText: ResolveText;
}

/** Creates the sink; nothing is resolved before it is used. */
export function createSlackSink({ name, url, resolveText }: SlackSinkOptions): NotificationSink {
  return {
    name,
    findChannels: async () => [await resolveText(url)],
    deliver: async (delivery, signal) => {
      const headers = { 'idempotency-key': delivery.id };
      await postJson({ url: await resolveText(url), body: JSON.stringify(toMessage(delivery)), headers, signal });
    },
  };
}

const MARKS = { info: ':white_check_mark:', warning: ':warning:', critical: ':rotating_light:' } as const;

function toMessage({ id, notification }: TakenDelivery): { readonly text: string } {
  const { severity, title, text } = notification;
  // The title comes first as it is: phones show the beginning, and that names the environment.
  return { text: `${escapeMarkup(title)} ${MARKS[severity]}\n${escapeMarkup(text)}\n_${severity}, ${id.slice(-12)}_` };
}

/** Names come from people; these three would be read as links and mentions. */
function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
