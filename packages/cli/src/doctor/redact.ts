// The last guard before anything is shown: messages of others (git, drivers) may quote what they were given.
import { isCalledSecret } from '@towpath/config';
import { hideCredentials } from '@towpath/core';
import type { CheckSubject, Finding } from './check.ts';

/** Shorter texts are words of every message; taking them out would hide what is wrong. */
const LEAST_LENGTH = 6;

/** Takes every secret that is known here out of findings: values, credentials of the process, users and passwords in URLs. */
export function createRedaction(subject: Pick<CheckSubject, 'variables' | 'selection'>): (finding: Finding) => Finding {
  const secrets = listSecrets(subject);
  const redact = (text: string): string =>
    secrets.reduce((left, secret) => left.replaceAll(secret, '***'), hideUrls(text));
  return (finding) => ({
    ...finding,
    text: redact(finding.text),
    fix: finding.fix === undefined ? undefined : redact(finding.fix),
  });
}

// A reference has no credentials, and its name is what a person needs.
function hideUrls(text: string): string {
  return text.replace(/\b(?!secret:)[a-z][a-z0-9+.-]*:\/\/[^\s'"`]*@[^\s'"`]*/gi, hideCredentials);
}

function listSecrets({ variables, selection }: Pick<CheckSubject, 'variables' | 'selection'>): readonly string[] {
  const values = [...(selection.environment?.configuration.values.values() ?? [])];
  const declared = values.flatMap(({ isSecret, secretReference, text }) =>
    isSecret && secretReference === undefined ? [text] : [],
  );
  const own = Object.entries(variables).flatMap(([name, text]) =>
    text && isCalledSecret(name.toUpperCase()) ? [text] : [],
  );
  // The longest first: one may be a part of another.
  return [...new Set([...declared, ...own])]
    .filter((text) => text.length >= LEAST_LENGTH)
    .sort((a, b) => b.length - a.length);
}
