// Asked of whoever signed in for a command line, before it gets anything: a program that opens a browser at our address gets no token
// of a person who is signed in at the provider anyway and sees a flash of a page. It has no script; the code is in its link alone.
import { formatLoginCheck, toPrintable } from '@towpath/core';
import { destination } from './oidc/login-address.ts';
import type { ProgramGoal } from './operations/insert-login.ts';

/** What is asked, and for whom. */
export interface Consent {
  readonly goal: ProgramGoal;
  /** Who signed in. */
  readonly name: string;
  readonly code: string;
  /** Of this server, as the browser calls it. */
  readonly host: string;
}

/** The page, in HTML. What others said stands in it as text. */
export function formatConsentPage({ goal, name, code, host }: Consent): string {
  const asks = goal.program === null ? 'A program that does not say its name' : `“${toPrintable(goal.program)}”`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Let a program in? · Towpath</title>
<style>
  :root { color-scheme: light dark }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 8vh auto; padding: 0 1.2rem; overflow-wrap: anywhere }
  h1 { font-size: 1.6rem; line-height: 1.25 }
  a { display: inline-block; margin: 0 .8rem .8rem 0; padding: .5rem 1.1rem; border: 1px solid; border-radius: 8px; color: inherit }
  a.allow { background: #1d4ed8; border-color: #1d4ed8; color: #fff }
  code { font-size: 1.4rem; letter-spacing: .06em; white-space: nowrap }
</style>
<main>
<h1>Let a program in as ${escapeHtml(name)}?</h1>
<p><strong>${escapeHtml(asks)}</strong> asks for a token at ${escapeHtml(host)}. The name is what it says of itself; it listens on this machine, at port ${goal.port}.</p>
<p>With the token it may do all that you may, for 12 hours, or until you sign it out.</p>
<p>Your terminal shows this, if it is the one that asks: <code>${formatLoginCheck(goal.challenge)}</code></p>
<p><a class="allow" href="${escapeHtml(destination(goal, { code }))}">Allow</a><a href="${escapeHtml(destination(goal, { problem: 'LOGIN_REFUSED' }))}">Refuse</a></p>
<p>If you did not ask for it, refuse.</p>
</main>
</html>
`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
