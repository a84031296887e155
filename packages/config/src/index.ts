export * from './project-file/project-schema.ts';
export * from './project-file/read-project.ts';
