import { ActionIcon } from '@mantine/core';
import { IconKeyboard } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { AgentsHealth } from '../features/environments/agents-health.tsx';
import { EnvironmentBadge } from '../features/environments/environment-badge.tsx';
import { ColorSchemeSwitch } from './color-scheme-switch.tsx';
import classes from './frame.module.css';
import { LiveMark } from './live-mark.tsx';

/** Brand, environment, pages, health. */
export function FrameHeader({ onHelp }: { readonly onHelp: () => void }): ReactNode {
  return (
    <header className={classes.header}>
      <Link to="/runs" className={classes.brand} aria-label="Towpath, to the runs">
        Towpath
      </Link>
      <EnvironmentBadge />
      <nav className={classes.nav} aria-label="Pages">
        <Link to="/runs" activeProps={{ 'data-active': true }}>
          Runs
        </Link>
        <Link to="/pipelines" activeProps={{ 'data-active': true }}>
          Pipelines
        </Link>
      </nav>
      <div className={classes.health}>
        <AgentsHealth />
        <LiveMark />
      </div>
      <div className={classes.tools}>
        <ColorSchemeSwitch />
        <ActionIcon variant="subtle" color="gray" aria-label="Keyboard help" title="Keyboard help (?)" onClick={onHelp}>
          <IconKeyboard size={18} />
        </ActionIcon>
      </div>
    </header>
  );
}
