import { Checkbox, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { StateIcon } from '../../states/state-icon.tsx';
import { useRules } from '../promotion/promotion-rights.ts';
import { describeEmergencyRules } from './describe-emergency-rules.ts';
import classes from './releases.module.css';

interface EmergencyFieldsProps {
  readonly environment: string;
  /** Undefined: it is none. */
  readonly reason: string | undefined;
  readonly onChange: (reason: string | undefined) => void;
}

/** The way of an emergency, with its consequences, where the policy has one. */
export function EmergencyFields({ environment, reason, onChange }: EmergencyFieldsProps): ReactNode {
  const rules = useRules(environment)?.emergency ?? null;
  if (rules === null) return null;
  const isAsked = reason !== undefined;
  return (
    <div className={classes.asked} data-asked={isAsked || undefined}>
      <Checkbox
        color="red.8"
        label="This is an emergency"
        checked={isAsked}
        onChange={({ currentTarget }) => onChange(currentTarget.checked ? '' : undefined)}
      />
      {isAsked ? (
        <>
          <p>
            <StateIcon state="failed" /> <span>{describeEmergencyRules(rules)}</span>
          </p>
          <TextInput
            label="Why it can't wait"
            description="Shown in red to everybody, and kept in the audit"
            required
            value={reason}
            maxLength={2000}
            onChange={({ currentTarget }) => onChange(currentTarget.value)}
          />
        </>
      ) : null}
    </div>
  );
}
