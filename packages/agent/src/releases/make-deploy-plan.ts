// An agent finds out what the deploy command of its environment would do for a release, for people to look at before it does.
import { MAX_DEPLOY_PLAN_CHARACTERS, type ReportDeployPlan } from '@towpath/api';
import { failpoint, TowpathError, toErrorFacts } from '@towpath/core';
import type { z } from 'zod';
import { cleanText } from '../session/wire-text.ts';
import { createBoundedText } from './bounded-text.ts';
import { type DeployableRelease, type DeployOptions, runForRelease } from './deploy-command.ts';
import { makePlanPlace, namePlan, readPlanFile } from './deploy-plan-file.ts';
import { endLeft } from './kept-command.ts';

/** For which promotion, of which release. */
export interface PlanRequest {
  readonly promotionId: string;
  readonly release: DeployableRelease;
}

/** What the server is told. */
export type MadePlan = z.input<NonNullable<(typeof ReportDeployPlan)['body']>>;

/** Longest texts the API takes. */
const MAX_CODE_CHARACTERS = 64;
const MAX_MESSAGE_CHARACTERS = 2000;

/** Runs the plan command into an empty place. What it could not make is told, too. @throws the signal's reason */
export async function makeDeployPlan(request: PlanRequest, options: DeployOptions): Promise<MadePlan> {
  const { promotionId, release } = request;
  const { signal, log, redactor } = options;
  const output = createBoundedText(MAX_DEPLOY_PLAN_CHARACTERS);
  const tell = () => ({
    promotionId,
    output: cleanText(redactor?.redact(output.text()) ?? output.text(), MAX_DEPLOY_PLAN_CHARACTERS),
    isOutputCut: output.isCut(),
  });
  try {
    const file = await runPlanCommand(request, options, output.add);
    log(`release ${release.version}: made the plan ${file.sha256} of the deploy command`);
    return { ...tell(), file, error: null };
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    const { code, message } = toErrorFacts(thrown);
    log(`release ${release.version}: could not make a plan: ${code}: ${message}`);
    const error = { code: cleanText(code, MAX_CODE_CHARACTERS), message: cleanText(message, MAX_MESSAGE_CHARACTERS) };
    return { ...tell(), file: null, error };
  }
}

async function runPlanCommand(
  { promotionId, release }: PlanRequest,
  options: DeployOptions,
  onLine: (line: string) => void,
) {
  const { deploy, stateFolder, environment } = options;
  if (deploy?.plan === undefined) throw new Error('an agent without a plan command was asked for a plan');
  await endLeft(stateFolder, 'planned');
  const { file, variables } = makePlanPlace(stateFolder, promotionId);
  const command = { ...options, deploy, words: namePlan(deploy.plan, file), more: variables, onLine };
  await runForRelease(release, { ...command, what: 'plan command', keptAs: 'planned' });
  const made = readPlanFile(stateFolder, promotionId);
  if (made === undefined) throw nothingMade(environment);
  failpoint('deploy-plan.after-make');
  return made;
}

function nothingMade(environment: string): TowpathError {
  return new TowpathError({
    code: 'DEPLOY_PLAN_NOT_MADE',
    message: `The plan command of ${environment} ended well and left no plan file.`,
    fix: 'Let it write the file that `{plan}` or $TOWPATH_DEPLOY_PLAN names.',
  });
}
