type Variables = Readonly<Record<string, string | undefined>>;

/** Of Towpath's own variables those that hold a credential, or an address with one in it. */
const CREDENTIAL = /^TOWPATH_.*(?:TOKEN|KEY|PASSWORD|SECRET|DATABASE_URL)/;

/** What a deploy command is given of the agent's variables: all that it needs to reach its own targets, and no credential of Towpath. */
export function listDeployVariables(env: Variables): Variables {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !CREDENTIAL.test(name)));
}
