-- What outside services said. It is asked for outside of transactions and judged from here.

create table evidence (
  -- SHA-256 (hex) of question, source and declaration: another address, another row.
  key text constraint evidence_pkey primary key,
  source text not null,
  question jsonb not null,
  -- Until then the server that took the question asks; a row outlives one that was killed meanwhile.
  claimed_until timestamptz not null,
  -- When the last question was sent that was answered or failed. Null: none was.
  asked_at timestamptz,
  -- What the service wants to be left alone until.
  retry_at timestamptz,
  answer jsonb,
  error_code text,
  error_message text,
  excerpt text,
  link text,
  constraint evidence_error_check check ((error_code is null) = (error_message is null)),
  constraint evidence_answer_check check (asked_at is null or (answer is null) <> (error_code is null))
);
create index evidence_claimed_idx on evidence (claimed_until);

alter table promotions add column change_record text;
