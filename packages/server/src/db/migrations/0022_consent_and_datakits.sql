-- Whoever signs in for a command line is asked whether they want to. A server of the version before asks nobody, and keeps no name.

-- As the program says it, so it proves nothing: null when it says nothing.
alter table logins add column cli_program text;

-- What the inventory of datakits has alerts about is told, too.
alter table notifications
  drop constraint notifications_kind_check,
  add constraint notifications_kind_check check (
    kind in (
      'run.failed', 'run.recovered', 'agent.silent', 'schedule.missed', 'retention.failed', 'run.absent', 'promotion.stuck',
      'datakit.unexpected'
    )
  );
