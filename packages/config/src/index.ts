export * from './env-file/parse-env-file.ts';
export * from './env-file/read-env-file.ts';
export * from './project-file/project-schema.ts';
export * from './project-file/read-project.ts';
export * from './resolve/assert-usable.ts';
export * from './resolve/resolve-configuration.ts';
export * from './select/select-environment.ts';
export * from './validate/validate-all.ts';
