import { createEmailSink } from './email/email-sink.ts';
import type { NotificationSink, ResolveText } from './notification-sink.ts';
import type { SinkDeclaration } from './sink-declaration.ts';
import { createSlackSink } from './slack/slack-sink.ts';
import { createWebhookSink } from './webhook/webhook-sink.ts';

/** The sink that a project declares. */
export function createSink(declaration: SinkDeclaration, resolveText: ResolveText): NotificationSink {
  const { name, url } = declaration;
  switch (declaration.sink) {
    case 'slack':
      return createSlackSink({ name, url, resolveText });
    case 'webhook':
      return createWebhookSink({ name, url, secret: declaration.secret, resolveText });
    case 'email':
      return createEmailSink({ name, url, to: declaration.to, from: declaration.from, resolveText });
  }
}
