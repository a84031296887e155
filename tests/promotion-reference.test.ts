// docs/reference/promotion.md: every word of states, gates, reasons and policy is there, with the values that are shipped.
import { readFileSync } from 'node:fs';
import { GATE_REASONS, GATES, PROMOTION_STATES, REFRESH_STATES, SHIPPED_RULES } from '@towpath/core';
import { describe, expect, it } from 'vitest';

const PAGE = readFileSync(new URL('../docs/reference/promotion.md', import.meta.url), 'utf8');

const POLICY = PAGE.slice(PAGE.indexOf('## The policy'));

describe('the page of promotion', () => {
  it.each(Object.entries(PROMOTION_STATES))(
    'says of a promotion that is %s what the product says',
    (state, sentence) => {
      expect(PAGE).toContain(`| \`${state}\` | ${sentence} |\n`);
    },
  );

  it.each(Object.entries(REFRESH_STATES))(
    'says of a full refresh that is %s what the product says',
    (state, sentence) => {
      expect(PAGE).toContain(`| \`${state}\` | ${sentence} |\n`);
    },
  );

  it('has every gate, with every reason', () => {
    for (const gate of GATES) expect(PAGE).toContain(`\n| \`${gate}\` | `);
    expect(Object.keys(GATE_REASONS).filter((code) => !PAGE.includes(`\`${code}\``))).toEqual([]);
  });

  it('has every rule of a policy, with its shipped values', () => {
    for (const key of Object.keys(SHIPPED_RULES.production)) expect(POLICY).toContain(`\n| \`${key}\` | `);
    for (const kind of ['shared', 'production'] as const) {
      const { soakHours, cycles, signOffDays, needsRollbackPlan } = SHIPPED_RULES[kind];
      const at = kind === 'shared' ? 3 : 4;
      const cell = (key: string) => new RegExp(`\\n\\| \`${key}\` .*`).exec(POLICY)?.[0].split('|')[at]?.trim();
      expect(['soakHours', 'cycles', 'signOffDays', 'needsRollbackPlan'].map(cell)).toEqual(
        [soakHours, cycles, signOffDays, needsRollbackPlan].map(String),
      );
    }
  });
});
