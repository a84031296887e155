import { Textarea, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { EmergencyFields } from './emergency-fields.tsx';

/** What was typed so far. */
export interface TypedPromotion {
  readonly rollbackPlan: string;
  readonly changeRecord: string;
  /** As a `datetime-local` field holds it. */
  readonly notBefore: string;
  readonly note: string;
  /** Why it can't wait; undefined: it is no emergency. */
  readonly emergency: string | undefined;
  /** The name of production, to confirm it. */
  readonly name: string;
}

interface PromoteFieldsProps {
  readonly environment: string;
  readonly isProduction: boolean;
  readonly typed: TypedPromotion;
  readonly onChange: (change: Partial<TypedPromotion>) => void;
}

/** What a promotion is asked for with. Production's name has to be typed. */
export function PromoteFields({ environment, isProduction, typed, onChange }: PromoteFieldsProps): ReactNode {
  const field = (name: Exclude<keyof TypedPromotion, 'emergency'>) => ({
    value: typed[name],
    onChange: ({ currentTarget }: { readonly currentTarget: { readonly value: string } }) =>
      onChange({ [name]: currentTarget.value }),
  });
  return (
    <>
      <Textarea
        label="Rollback plan"
        description="How to come back; the policy may want one"
        maxLength={2000}
        autosize
        minRows={2}
        {...field('rollbackPlan')}
      />
      <TextInput
        label="Change record"
        description="Its number; the policy may want one"
        maxLength={64}
        {...field('changeRecord')}
      />
      <TextInput
        type="datetime-local"
        label="Not before"
        description="In your time zone; empty: as soon as its gates allow it"
        {...field('notBefore')}
      />
      <TextInput label="Note" description="Why; others will read it" maxLength={2000} {...field('note')} />
      <EmergencyFields
        environment={environment}
        reason={typed.emergency}
        onChange={(emergency) => onChange({ emergency })}
      />
      {isProduction ? (
        <TextInput label={`Type ${environment} to confirm`} autoComplete="off" {...field('name')} />
      ) : null}
    </>
  );
}
