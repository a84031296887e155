// E-mail over SMTP by nodemailer (no dependencies, MIT-0), loaded with the first message. A repeated delivery has the same
// Message-ID, which most mail hosts use to drop the second one. STARTTLS is used where the server offers it; `smtps://` is TLS
// from the first byte.
import type { TakenDelivery } from '@towpath/api';
import { type NotificationSink, type ResolveText, SinkRefusal } from '../notification-sink.ts';

/** What it needs. */
export interface EmailSinkOptions {
  readonly name: string;
  /** `smtp://` or `smtps://`, with user and password where the server wants them. */
  readonly url: string;
  readonly to: readonly string[];
  readonly from: string | undefined;
  readonly resolveText: ResolveText;
}

/** Part of the time a delivery has; a server that does not greet in it is down. */
const CONNECT_TIMEOUT_MS = 5_000;
/** Of a mailbox with its domain; what nodemailer would make of lists and names is not wanted here. */
const ADDRESS = /^[^\s<>,;"]+@[^\s<>,;"@]+$/;

/** Creates the sink; nothing is resolved or connected before it is used. */
export function createEmailSink({ name, url, to, from, resolveText }: EmailSinkOptions): NotificationSink {
  const findRecipients = async (): Promise<readonly string[]> => {
    const recipients = await Promise.all(to.map(resolveText));
    if (recipients.length === 0 || !recipients.every((address) => ADDRESS.test(address)))
      throw new SinkRefusal('ADDRESS_INVALID');
    return recipients;
  };
  return {
    name,
    findChannels: findRecipients,
    deliver: async (delivery, signal) => {
      const server = parseServer(await resolveText(url));
      const recipients = await findRecipients();
      const sender = from === undefined ? chooseSender(server, recipients) : await resolveText(from);
      if (!ADDRESS.test(sender)) throw new SinkRefusal('ADDRESS_INVALID');
      await send(server, toMessage(delivery, sender, recipients), signal);
    },
  };
}

interface Message {
  readonly messageId: string;
  readonly from: string;
  readonly to: string[];
  readonly subject: string;
  readonly text: string;
  readonly headers: Record<string, string>;
}

function toMessage({ id, notification }: TakenDelivery, from: string, to: readonly string[]): Message {
  const { severity, title, text, at } = notification;
  return {
    messageId: `<${id}@towpath>`,
    from,
    to: [...to],
    subject: title,
    text: `${title}\n\n${text}\n\n${severity}, at ${at}\n`,
    headers: { 'Auto-Submitted': 'auto-generated', 'Idempotency-Key': id },
  };
}

async function send(server: URL, message: Message, signal: AbortSignal): Promise<void> {
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    url: server.href,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    // A declaration must not make the agent read files or addresses of its host.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({ ...message, signal });
  } catch (thrown) {
    throw toRefusal(thrown, signal);
  } finally {
    transport.close();
  }
}

function parseServer(text: string): URL {
  const server = URL.parse(text);
  const isMail = server?.protocol === 'smtp:' || server?.protocol === 'smtps:';
  if (server === null || !isMail || server.hostname === '') throw new SinkRefusal('ADDRESS_INVALID');
  return server;
}

function chooseSender({ username }: URL, recipients: readonly string[]): string {
  const user = decodeURIComponent(username);
  return ADDRESS.test(user) ? user : (recipients[0] ?? '');
}

function toRefusal(thrown: unknown, signal: AbortSignal): SinkRefusal {
  if (signal.aborted) return new SinkRefusal('TIMED_OUT');
  const code = thrown instanceof Error && 'responseCode' in thrown ? thrown.responseCode : undefined;
  return new SinkRefusal(typeof code === 'number' ? `SMTP_${code}` : 'UNREACHABLE');
}
