import type { DeployPlanView, PromotionView } from '@towpath/api';
import type { ReactNode } from 'react';
import { CopyableDigest } from '../../layout/copyable-digest.tsx';
import { Fact } from '../../layout/fact.tsx';
import { Instant } from '../../layout/instant.tsx';
import { DECISION_LOOKS } from '../../states/promotion-looks.ts';
import { LookIcon } from '../../states/state-icon.tsx';
import { DeployPlanActions } from './deploy-plan-actions.tsx';
import { useDeployPlans } from './deploy-plan-queries.ts';
import classes from './promotion.module.css';

interface DeployPlanPanelProps {
  readonly promotion: PromotionView;
  /** Who recorded the release; undefined while that is unknown. */
  readonly author: string | undefined;
}

/** What the deploy command would change, and who approved that. Nothing where no command is planned. */
export function DeployPlanPanel({ promotion, author }: DeployPlanPanelProps): ReactNode {
  const verdict = promotion.verdicts.find(({ gate }) => gate === 'deploy-plan');
  const isPlanned = verdict !== undefined && verdict.code !== 'DEPLOY_PLAN_NOT_WANTED';
  const plans = useDeployPlans(promotion.id, isPlanned).data;
  if (!isPlanned || plans === undefined) return null;
  const [plan, ...earlier] = plans;
  return (
    <section className={classes.panel} aria-label="Deploy plan">
      <h2>What the deploy command would change</h2>
      {plan ? (
        <DeployPlan plan={plan} />
      ) : (
        <p className={classes.muted}>An agent of {promotion.environment} has to make the plan first.</p>
      )}
      {plan && promotion.state === 'pending' ? (
        <DeployPlanActions promotion={promotion} plan={plan} author={author} />
      ) : null}
      {earlier.length > 0 ? (
        <p className={classes.muted}>
          {earlier.length} earlier {earlier.length === 1 ? 'plan counts' : 'plans count'} no more, whoever approved{' '}
          {earlier.length === 1 ? 'it' : 'them'}.
        </p>
      ) : null}
    </section>
  );
}

function DeployPlan({ plan }: { readonly plan: DeployPlanView }): ReactNode {
  const { sha256, sizeBytes, agent, madeAt, expiresAt, acceptedAt, error, signOffs } = plan;
  return (
    <>
      {error ? (
        <p className={classes.skipped}>
          <code>{error.code}</code> {error.message}
        </p>
      ) : null}
      <dl className={classes.facts}>
        {sha256 === null ? null : (
          <Fact term="SHA-256">
            <CopyableDigest digest={sha256} what="hash of the plan" />
          </Fact>
        )}
        {sizeBytes === null ? null : <Fact term="Size">{sizeBytes.toLocaleString('en')} bytes</Fact>}
        <Fact term="Made by agent">
          <bdi>{agent}</bdi> <Instant at={madeAt} />
        </Fact>
        {acceptedAt ? (
          <Fact term="Handed to the agent">
            <Instant at={acceptedAt} />
          </Fact>
        ) : (
          <Fact term="Counts until">
            <Instant at={expiresAt} isExact />
          </Fact>
        )}
      </dl>
      <ul className={classes.words} aria-label="Approvals of the plan">
        {signOffs.map(({ person, role, decision, note, givenAt }) => (
          <li key={person}>
            <LookIcon look={DECISION_LOOKS[decision === 'approved' ? 'allow' : 'deny']} />
            <div>
              <p>
                <strong>{decision === 'approved' ? 'Approved' : 'Refused'}</strong> by <bdi>{person}</bdi> as {role}{' '}
                <Instant at={givenAt} />
              </p>
              {note ? <q className="name">{note}</q> : null}
            </div>
          </li>
        ))}
      </ul>
      <PlanOutput plan={plan} />
    </>
  );
}

function PlanOutput({ plan: { output, isOutputCut } }: { readonly plan: DeployPlanView }): ReactNode {
  return (
    <>
      {isOutputCut ? <p className={classes.skipped}>The middle of what the command printed is missing here.</p> : null}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled with the keyboard, too */}
      <pre className={classes.output} tabIndex={0}>
        {output.trimEnd() || 'It printed nothing.'}
      </pre>
    </>
  );
}
