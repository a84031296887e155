// URLs with a password in a text: secrets that somebody wrote into code. A report never shows them.
import { hideCredentials } from '@towpath/core';

/** A URL with a password, by its place in the text. */
export interface PasswordUrl {
  readonly start: number;
  readonly end: number;
  /** Without user and password. */
  readonly shown: string;
}

const URL = /[a-z][a-z0-9+.-]*:\/\/[^\s"'`<>:@/]*:([^\s"'`]+)@[^\s"'`]*/gi;

/** `${PASSWORD}`, `{{ var }}`, `%(password)s`, `$PASSWORD`, code of a template (NUL): what fills them in is the secret. */
const PLACEHOLDER = /^(?:\$\{[^}]*\}|\$\w+|\{\{?.*\}\}?|%\(?\w*\)?s?|<.*>|\*+|\0+)$/;

/** Finds them. */
export function findPasswords(text: string): readonly PasswordUrl[] {
  return [...text.matchAll(URL)].flatMap(({ 0: url, 1: password = '', index }) =>
    PLACEHOLDER.test(password) ? [] : [{ start: index, end: index + url.length, shown: hideCredentials(url) }],
  );
}
