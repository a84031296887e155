import { getEnvironment, type Project, resolveConfiguration } from '@towpath/config';
import { deriveDatabase, TowpathError } from '@towpath/core';
import type { WantedWarehouse } from '../embedded-postgres/warehouses.ts';
import { LOCAL_ENVIRONMENT } from '../instance/local-name.ts';

/**
 * The database that an environment of the project has for bronze: what `BRONZE_DATABASE` comes to, else the derived name.
 *
 * @throws TowpathError `ENVIRONMENT_UNKNOWN`, `WAREHOUSE_NAME_INVALID` for `local`, which has its own
 */
export function findWarehouseDatabase(project: Project, name: string): WantedWarehouse {
  const environment = getEnvironment(project.declaration, name);
  if (name === LOCAL_ENVIRONMENT) throw ownWarehouse();
  // Its file may not be there yet: it is written with what this start says.
  const { values } = resolveConfiguration({ project, environment, processVariables: {}, missingFile: 'unknown' });
  const declared = values.get('BRONZE_DATABASE')?.text;
  return { environment: name, database: declared ?? deriveDatabase(name, 'bronze') };
}

function ownWarehouse(): TowpathError {
  return new TowpathError({
    code: 'WAREHOUSE_NAME_INVALID',
    message: 'Environment local has its warehouse already: database bronze.',
    fix: 'Name another environment of towpath.yaml with --warehouse-for.',
  });
}
