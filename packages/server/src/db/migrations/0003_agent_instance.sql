-- Which state folder an agent works with: another one must not end a live session. Nullable: a server of the version
-- before goes on beside this one, and its sessions may be taken over by any agent with the credential.

alter table agent_sessions
  add column instance_id uuid;
