import { ActionIcon } from '@mantine/core';
import { IconKeyboard, IconSearch } from '@tabler/icons-react';
import { Link, useLocation } from '@tanstack/react-router';
import { type ReactNode, type RefObject, useEffect, useRef } from 'react';
import { AgentsHealth } from '../features/environments/agents-health.tsx';
import { EnvironmentBadge } from '../features/environments/environment-badge.tsx';
import { SignedIn } from '../features/session/signed-in.tsx';
import { ColorSchemeSwitch } from './color-scheme-switch.tsx';
import classes from './frame.module.css';
import { LiveMark } from './live-mark.tsx';

const PAGES = [
  { to: '/board', name: 'Board' },
  { to: '/runs', name: 'Runs' },
  { to: '/pipelines', name: 'Pipelines' },
  { to: '/schedules', name: 'Schedules' },
  { to: '/releases', name: 'Releases' },
  { to: '/calendar', name: 'Calendar' },
  { to: '/datakits', name: 'Datakits' },
  { to: '/environment', name: 'Environment' },
  { to: '/audit', name: 'Audit' },
] as const;

interface FrameHeaderProps {
  readonly onHelp: () => void;
  readonly onSearch: () => void;
}

/** Brand, environment, pages, health. */
export function FrameHeader({ onHelp, onSearch }: FrameHeaderProps): ReactNode {
  const nav = useActiveInSight();
  return (
    <header className={classes.header}>
      <Link to="/" className={classes.brand} aria-label="Towpath, to its first page">
        Towpath
      </Link>
      <EnvironmentBadge />
      <nav ref={nav} className={classes.nav} aria-label="Pages">
        {PAGES.map(({ to, name }) => (
          <Link key={to} to={to} activeProps={{ 'data-active': true }}>
            {name}
          </Link>
        ))}
      </nav>
      <div className={classes.health}>
        <AgentsHealth />
        <LiveMark />
      </div>
      <div className={classes.tools}>
        <ActionIcon variant="subtle" color="gray" aria-label="Search" title="Search (Ctrl+K)" onClick={onSearch}>
          <IconSearch size={18} />
        </ActionIcon>
        <ColorSchemeSwitch />
        <SignedIn />
        <ActionIcon variant="subtle" color="gray" aria-label="Keyboard help" title="Keyboard help (?)" onClick={onHelp}>
          <IconKeyboard size={18} />
        </ActionIcon>
      </div>
    </header>
  );
}

/** On a phone the pages are wider than the screen: the one that is open is moved into sight. */
function useActiveInSight(): RefObject<HTMLElement | null> {
  const nav = useRef<HTMLElement>(null);
  const page = useLocation({ select: ({ pathname }) => pathname });
  useEffect(() => {
    const link = [...(nav.current?.children ?? [])].find(
      (child) => child.getAttribute('href')?.split('?')[0] === `/${page.split('/')[1]}`,
    );
    if (nav.current && link instanceof HTMLElement)
      nav.current.scrollLeft =
        link.offsetLeft - nav.current.offsetLeft - (nav.current.clientWidth - link.clientWidth) / 2;
  }, [page]);
  return nav;
}
