/** Name of the environment that `npx towpath dev` serves, in every project. */
export const LOCAL_ENVIRONMENT = 'local';
