-- What ran an attempt: executor, the rule that chose it, the image by digest. A server of the version before goes on beside this one:
-- it stores none.

alter table attempts
  -- Null: it has not ended yet, or its agent did not say.
  add column execution jsonb;
