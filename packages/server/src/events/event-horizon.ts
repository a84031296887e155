// Events are read in the order of their transactions and no further than the oldest one that may still write: ids alone
// commit out of order, and a reader that went by them would miss what commits late.

/**
 * `with horizon` part of the statements that read events: the first transaction id that must not be read yet. Transactions
 * of other databases of the same PostgreSQL have ids of the same sequence, but can't write here; leaving them out (they are
 * known by the lock each holds on its own id) keeps a load of ten minutes into the warehouse from holding up the console.
 */
export const HORIZON = `
horizon as materialized (
  select coalesce(min(running.xid), pg_snapshot_xmax(pg_current_snapshot())) as xid
  from pg_snapshot_xip(pg_current_snapshot()) as running (xid)
  where not exists (
    select
    from pg_locks l
    join pg_stat_activity a on a.pid = l.pid
    where l.locktype = 'transactionid' and l.granted and l.mode = 'ExclusiveLock'
      and l.transactionid = running.xid::xid and a.datname <> current_database()
  )
)`;

/**
 * A position packs a transaction and the place of an event in it: transaction × 2^20 + place. It grows, is one number (the
 * SSE id), and holds a million events per transaction and 8 × 10^12 transactions.
 */
export const POSITION_SHIFT = 20;
