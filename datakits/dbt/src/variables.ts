// The environment variables this datakit honours. datakit.yaml lists the same; a test compares. DBT_TARGET and the identity of the
// run come from the platform and are not declared.

/** One variable as the manifest describes it. */
export interface Variable {
  readonly name: string;
  readonly isRequired: boolean;
}

/** All of them, in the order of the manifest. */
export const VARIABLES: readonly Variable[] = [
  { name: 'DBT_PROJECT_DIR', isRequired: true },
  { name: 'DBT_PROFILES_DIR', isRequired: false },
  { name: 'DBT_PYTHON', isRequired: false },
  { name: 'WAREHOUSE_HOST', isRequired: true },
  { name: 'WAREHOUSE_PORT', isRequired: false },
  { name: 'WAREHOUSE_DATABASE', isRequired: true },
  { name: 'WAREHOUSE_USER', isRequired: true },
  { name: 'WAREHOUSE_PASSWORD', isRequired: false },
  { name: 'CONTROL_SCHEMA', isRequired: false },
];
