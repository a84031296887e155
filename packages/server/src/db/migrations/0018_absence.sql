-- What should have happened and did not is told, too.
alter table notifications
  drop constraint notifications_kind_check,
  add constraint notifications_kind_check check (
    kind in (
      'run.failed', 'run.recovered', 'agent.silent', 'schedule.missed', 'retention.failed', 'run.absent', 'promotion.stuck'
    )
  );
