// Whose the targets of the environment are, by their markers and by the rule that agents obey before an attempt starts.
import { type AgentTarget, createTarget, findRefusal } from '@towpath/agent';
import { judgeTarget } from '@towpath/core';
import type { Check, CheckedEnvironment, Finding } from './check.ts';
import { findReachable } from './reachable-environment.ts';
import { toErrorFinding } from './to-finding.ts';

/** Does each target answer, and is it this environment's own? Claims nothing. */
export const checkTargets: Check = async (subject) => {
  const environment = findReachable(subject);
  const targets = environment?.agent?.targets ?? [];
  if (environment === undefined || targets.length === 0)
    return [{ subject: 'targets', status: 'ok', text: 'none is declared' }];
  return await Promise.all(targets.map((target) => checkTarget(environment, target)));
};

async function checkTarget(environment: CheckedEnvironment, target: AgentTarget): Promise<Finding> {
  const subject = `target ${target.name}`;
  try {
    const { variables, secrets } = environment;
    const store = await createTarget(target, variables, (text) => secrets.open().resolveText(text));
    const marker = await store.readMarker();
    const { name, kind } = environment.configuration.environment;
    const verdict = judgeTarget(marker, { environment: name, kind, isAgainstShared: true });
    const refusal = findRefusal(name, target.name, { marker, verdict });
    if (refusal) return { ...toErrorFinding(subject, refusal), text: `${refusal.message} It is ${store.place}.` };
    if (verdict === 'borrowed') return borrowed(subject, store.place, marker?.environment ?? '');
    const whose = verdict === 'claim' ? 'nobody’s yet; its first attempt claims it' : `of ${name}`;
    return { subject, status: 'ok', text: `${store.place} is ${whose}` };
  } catch (thrown) {
    return toUnasked(environment, toErrorFinding(subject, thrown));
  }
}

function borrowed(subject: string, place: string, owner: string): Finding {
  return {
    subject,
    status: 'note',
    text: `${place} belongs to ${owner}; attempts use it only when that is allowed.`,
    fix: 'Give local a target of its own, or start with `--against-shared`.',
    code: 'TARGET_BORROWED',
  };
}

function toUnasked({ isAsleep }: CheckedEnvironment, finding: Finding): Finding {
  const { code = '' } = finding;
  // The check of secrets tells it once.
  if (code.startsWith('SECRET'))
    return { subject: finding.subject, status: 'ok', text: 'not asked without its secret' };
  // `npx towpath dev` starts it, or may.
  if (isAsleep && code === 'TARGET_UNREACHABLE')
    return { subject: finding.subject, status: 'ok', text: 'not there while nothing runs' };
  return finding;
}
