// Where an attempt finds its files inside its container: one volume of its own, which any user of the image may write to.

/** Mount point of the volume. */
export const MOUNT = '/towpath';

/** Where an attempt finds Kerberos tickets, which it can't change. */
export const TICKET_FOLDER = '/krb5/cache';

const RUN = `${MOUNT}/run`;

/** Absolute paths inside the container. */
export const CONTAINER_PATHS = {
  result: `${RUN}/result.json`,
  inputs: `${RUN}/inputs.json`,
  parameters: `${RUN}/parameters.json`,
  work: `${RUN}/work`,
  temporary: `${RUN}/tmp`,
  /** Variables that must not stand in the container's configuration; deleted by who reads them. */
  secrets: `${RUN}/secrets`,
  /** There when the entry found no such command, with its name. */
  commandMissing: `${RUN}/command-missing`,
  /** What the task runner is told; deleted when it was read. */
  order: `${RUN}/order.json`,
  runner: `${RUN}/runner.mjs`,
  bundle: `${RUN}/bundle`,
} as const;

/** The variables that name them. */
export const PATH_VARIABLES: Readonly<Record<string, string>> = {
  TOWPATH_RESULT: CONTAINER_PATHS.result,
  TOWPATH_INPUTS: CONTAINER_PATHS.inputs,
  TOWPATH_PARAMETERS: CONTAINER_PATHS.parameters,
  TMPDIR: CONTAINER_PATHS.temporary,
  PWD: CONTAINER_PATHS.work,
};
