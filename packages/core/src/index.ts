export * from './errors/towpath-error.ts';
