import { Menu, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import type { EnvironmentView } from '@towpath/api';
import type { ReactNode } from 'react';
import { useEnvironment } from './environment-queries.ts';
import classes from './environments.module.css';

/** Name and kind of the environment in the kind's colour; with several, a menu to change it. */
export function EnvironmentBadge(): ReactNode {
  const { environment, all } = useEnvironment();
  const navigate = useNavigate();
  if (!environment) return null;
  if (all.length < 2) return <Badge environment={environment} />;
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <UnstyledButton>
          <Badge environment={environment} hasMenu />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {all.map(({ name, kind }) => (
          <Menu.Item key={name} onClick={() => void navigate({ to: '/runs', search: { environment: name } })}>
            {describeEnvironment({ name, kind })}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

interface BadgeProps {
  readonly environment: EnvironmentView;
  readonly hasMenu?: boolean;
}

function Badge({ environment, hasMenu = false }: BadgeProps): ReactNode {
  return (
    <span className={classes.badge} data-kind={environment.kind}>
      <span className="name">{environment.name}</span>{' '}
      {environment.kind === environment.name ? null : <span className={classes.kind}>{environment.kind}</span>}
      {hasMenu ? (
        <>
          <VisuallyHidden>, change environment</VisuallyHidden>
          <IconChevronDown size={14} aria-hidden="true" />
        </>
      ) : null}
    </span>
  );
}

function describeEnvironment({ name, kind }: Pick<EnvironmentView, 'name' | 'kind'>): string {
  return name === kind ? name : `${name} (${kind})`;
}
