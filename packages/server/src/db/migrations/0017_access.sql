-- Who may do what: bindings of roles, people who come by an identity provider, tokens of service accounts. A server of the version
-- before goes on beside this one: it knows no bindings, takes a credential whose groups are set for a viewer's, and heeds no
-- environments of a token.

alter table access_tokens
  add column id uuid not null default uuidv7(),
  -- Null: the role holds in all environments.
  add column environments text[],
  -- Not null: what it may do follows from the bindings, by its name and these groups; `role` then means nothing.
  add column groups text[],
  add column issued_by text,
  add column note text;
create unique index access_tokens_id_key on access_tokens (id);

-- A session that somebody hands to a browser by a link ends with the credential it was handed on from.
alter table console_links
  add column environments text[],
  add column groups text[],
  add column token_id uuid,
  add column session_until timestamptz;

alter table console_sessions
  add column environments text[],
  add column groups text[],
  add column token_id uuid;

create table access_policies (
  version integer generated always as identity constraint access_policies_pkey primary key,
  body jsonb not null,
  applied_at timestamptz not null default now(),
  applied_by text not null,
  note text
);

-- A sign-in that is under way: what the provider must answer to, and in which browser.
create table logins (
  state_hash bytea constraint logins_pkey primary key constraint logins_state_hash_check check (length(state_hash) = 32),
  browser_hash bytea not null,
  nonce text not null,
  code_verifier text not null,
  -- Null: a console is opened there; else the port on the person's machine that a command line listens at, and its challenge.
  return_to text,
  cli_port integer,
  cli_challenge text,
  expires_at timestamptz not null,
  constraint logins_cli_check check (num_nulls(cli_port, cli_challenge) in (0, 2))
);
create index logins_expires_at_idx on logins (expires_at);

-- What a command line exchanges for its token.
create table login_codes (
  code_hash bytea constraint login_codes_pkey primary key constraint login_codes_code_hash_check check (length(code_hash) = 32),
  challenge text not null,
  name text not null,
  groups text[] not null,
  expires_at timestamptz not null
);
create index login_codes_expires_at_idx on login_codes (expires_at);

-- A name belongs to who came with it first: providers let people change some claims.
create table people (
  name text constraint people_pkey primary key,
  issuer text not null,
  subject text not null,
  first_seen_at timestamptz not null default now()
);
