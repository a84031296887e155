// Every secret that the environment refers to is asked for as its agent would ask, judged as it would be judged, and
// dropped: the check knows only how the asking ended.
import { parseSecretReference, type SecretReference } from '@towpath/core';
import type { Check, CheckedEnvironment, Finding } from './check.ts';
import { findReachable } from './reachable-environment.ts';
import { toErrorFinding } from './to-finding.ts';

/** A reference, and the variable that holds it, if it is one of a variable. */
interface AskedReference {
  readonly text: string;
  readonly reference: SecretReference;
  readonly variable: string | undefined;
}

/** Does the provider of secrets answer, and does it give this environment what it refers to? */
export const checkSecrets: Check = async (subject) => {
  const environment = findReachable(subject);
  const declared = environment?.configuration.environment.secrets;
  if (environment === undefined || declared === undefined)
    return [{ subject: 'secrets', status: 'ok', text: 'no provider is declared' }];
  const title = `secrets of ${environment.configuration.environment.name} (${declared.provider})`;
  try {
    environment.secrets.open();
  } catch (thrown) {
    return [toErrorFinding(title, thrown)];
  }
  const asked = listReferences(environment);
  const found = await Promise.all(asked.map((one) => ask(title, environment, one)));
  const failures = found.flatMap((finding) => (finding === undefined ? [] : [finding]));
  if (failures.length > 0) return unite(failures);
  return [{ subject: title, status: 'ok', text: describeHealthy(asked) }];
};

interface Failure {
  readonly finding: Finding;
  readonly reference: string;
}

async function ask(
  subject: string,
  { secrets }: CheckedEnvironment,
  { text, reference, variable }: AskedReference,
): Promise<Failure | undefined> {
  try {
    if (variable === undefined) await secrets.open().resolveText(text);
    else await secrets.open().read(reference, { attemptId: null, purpose: 'agent', variables: [variable] });
    return undefined;
  } catch (thrown) {
    return { finding: toErrorFinding(subject, thrown), reference: text };
  }
}

/** A provider that is away is one problem, however many secrets lie with it. */
function unite(failures: readonly Failure[]): readonly Finding[] {
  const byText = Map.groupBy(failures, ({ finding }) => `${finding.code} ${finding.text}`);
  return [...byText.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const names = [...new Set(same.map(({ reference }) => reference))].join(', ');
    return [{ ...first.finding, text: `${first.finding.text} Asked for ${names}.` }];
  });
}

function describeHealthy(asked: readonly AskedReference[]): string {
  if (asked.length === 0) return 'nothing refers to a secret';
  return `answers for ${[...new Set(asked.map(({ text }) => text))].join(', ')}`;
}

function listReferences({ configuration, agent }: CheckedEnvironment): readonly AskedReference[] {
  const values = [...configuration.values.values()].map(({ name, text }) => ({ text, variable: name }));
  const targets = (agent?.targets ?? []).flatMap((target) => Object.values(target));
  const sinks = (agent?.sinks ?? []).flatMap((sink) => Object.values(sink).flat());
  const others = [...targets, ...sinks].flatMap((text) => (text === undefined ? [] : [{ text, variable: undefined }]));
  return [...values, ...others].flatMap(({ text, variable }) => {
    const reference = parseSecretReference(text);
    return reference === undefined ? [] : [{ text, reference, variable }];
  });
}
