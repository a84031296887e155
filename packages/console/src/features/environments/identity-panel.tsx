import type { ConfigurationView, EnvironmentView, TargetIdentity } from '@towpath/api';
import type { ReactNode } from 'react';
import { formatCommand } from '../../format/format-command.ts';
import { CommandLine } from '../../layout/command-line.tsx';
import { StateIcon } from '../../states/state-icon.tsx';
import { describeDeclaration, describeTarget } from './describe-declaration.ts';
import classes from './environments.module.css';

interface Props {
  readonly environment: EnvironmentView;
  readonly configurations: readonly ConfigurationView[];
}

/** Is it the one I think: what is declared of it, and whose marker its targets have. */
export function IdentityPanel({ environment, configurations }: Props): ReactNode {
  const facts = describeDeclaration(environment);
  return (
    <section className={classes.panel} aria-label="Identity">
      <h2>Identity</h2>
      {facts.length === 0 ? (
        <p>
          No project has declared it: an operator made it known. It is declared by{' '}
          <CommandLine command={formatCommand('environment apply')} />
        </p>
      ) : null}
      <dl className={classes.facts}>
        {facts.map(({ label, text }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <bdi>{text}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      <ul className={classes.list} aria-label="Targets">
        {configurations.flatMap(({ agent, targets }) =>
          targets.map((target) => <Target key={`${agent} ${target.name}`} target={target} />),
        )}
      </ul>
    </section>
  );
}

function Target({ target }: { readonly target: TargetIdentity }): ReactNode {
  const { isGood, words } = describeTarget(target);
  return (
    <li>
      <StateIcon state={isGood ? 'succeeded' : 'uncertain'} size={14} />
      <strong className="name">{target.name}</strong>
      <span>{words}</span>
    </li>
  );
}
