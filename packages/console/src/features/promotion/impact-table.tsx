import type { ReleaseView } from '@towpath/api';
import { findDbtImpact, judgeModelRows, MODEL_ROWS, type ReleaseBill } from '@towpath/core';
import type { ReactNode } from 'react';
import { ColumnHeads } from '../../layout/column-heads.tsx';
import classes from './promotion.module.css';

interface ImpactTableProps {
  readonly from: ReleaseView;
  readonly to: ReleaseView;
}

/** Which dbt models a rollback touches, and what becomes of their rows. */
export function ImpactTable({ from, to }: ImpactTableProps): ReactNode {
  if (from.bill.dbt === undefined && to.bill.dbt === undefined) return null;
  if (from.bill.dbt === undefined || to.bill.dbt === undefined)
    return <p>At least one of both releases names no dbt models, so nothing is known of them.</p>;
  // Checked by the same schema when they were recorded.
  const impact = findDbtImpact(from.bill as ReleaseBill, to.bill as ReleaseBill);
  if (impact.length === 0) return <p>Every dbt model is the same in both releases.</p>;
  const models = new Map(to.bill.dbt.models.map((model) => [model.name, model]));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it may be wider than the dialog, and keys must reach it
    <section className={classes.scroll} aria-label="dbt models that this touches" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <ColumnHeads titles={['dbt model', 'Is', 'Its rows']} />
          </tr>
        </thead>
        <tbody>
          {impact.map(({ name, how, because }) => {
            const model = models.get(name);
            return (
              <tr key={name}>
                <th scope="row">
                  <bdi>{name}</bdi>
                </th>
                <td title={because.length > 0 ? `because of ${because.join(', ')}` : undefined}>{how}</td>
                <td>{model ? MODEL_ROWS[judgeModelRows(model)] : 'stay; nothing builds it any more'}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
