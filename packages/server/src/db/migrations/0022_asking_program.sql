-- Whoever signs in for a command line is asked whether they want to. A server of the version before asks nobody, and keeps no name.

-- As the program says it, so it proves nothing: null when it says nothing.
alter table logins add column cli_program text;
