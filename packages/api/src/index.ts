export * from './agent-routes.ts';
export * from './client.ts';
export * from './contract.ts';
export * from './graph-schema.ts';
export * from './problem.ts';
export * from './project-routes.ts';
export * from './run-routes.ts';
export * from './states.ts';
