// Who may be one and the same. Names change hands and accounts are not always known, so that a doubt counts as yes: nobody counts twice.

/** Somebody behind what was done: a person, also behind a service account. */
export interface Human {
  readonly name: string;
  /** Of the identity provider, the same whatever name it has; absent or empty: not known. `<name> since <instant>`: a name without one. */
  readonly account?: string | undefined;
}

/** Whether two are, or may be, one: by their accounts, and by name where either has none that is known. */
export function isSameHuman(one: Human, other: Human): boolean {
  if (hasAccount(one) && hasAccount(other)) return one.account === other.account;
  return one.name === other.name;
}

/** Whose access was revoked may have come by the provider since: the name is all that is known of them, too. */
function hasAccount({ name, account = '' }: Human): boolean {
  return account !== '' && !account.startsWith(`${name} since `);
}
