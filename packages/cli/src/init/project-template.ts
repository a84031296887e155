// The small project that `npx towpath init` writes: one pipeline over three tables of the mock SQL Server.

import { ENV_EXAMPLE_PATH, formatEnvExample, PROJECT_FILE, parseProject } from '@towpath/config';
import { CHANGELOG_FILE } from '@towpath/core';
import { formatEnvironments } from './environments-template.ts';
import { listPresetEnvironments, type PresetName } from './presets.ts';

/** A file of the template; `path` is relative to the project. */
export interface TemplateFile {
  readonly path: string;
  readonly content: string;
}

/**
 * The template's files for a project of this name; without a preset it has `local` alone. The pipeline is the same,
 * whatever environments there are. A changelog comes with the environments that releases are promoted to.
 */
export function createProjectTemplate(name: string, preset?: PresetName): readonly TemplateFile[] {
  const projectFile = formatProjectFile(name, preset);
  const { declaration } = parseProject('.', projectFile);
  const ofEnvironments = [
    { path: ENV_EXAMPLE_PATH, content: formatEnvExample(declaration) },
    { path: CHANGELOG_FILE, content: CHANGELOG },
  ];
  return [
    { path: PROJECT_FILE, content: projectFile },
    ...(preset === undefined ? [] : ofEnvironments),
    { path: 'pipelines/sqlserver-bronze.ts', content: PIPELINE },
    { path: '.gitignore', content: GITIGNORE },
    { path: 'tsconfig.json', content: TSCONFIG },
  ];
}

function formatProjectFile(name: string, preset: PresetName | undefined): string {
  return `# yaml-language-server: $schema=./node_modules/towpath/towpath.schema.json
# A Towpath project. \`npx towpath dev\` runs it on this machine.
name: ${name}
${preset === undefined ? '' : formatEnvironments(listPresetEnvironments(preset))}dev:
  # Run once at the very first start, so that there is something to see.
  firstRun: sqlserver-bronze
`;
}

const PIPELINE = `import { datakitTask, definePipeline } from 'towpath';

// Add a table, save, and its task is there. The mock SQL Server also has dbo.Suppliers.
const TABLES_TO_INGEST = [
  'dbo.Customer',
  'dbo.Orders',
  'dbo.Products',
];

export default definePipeline({
  name: 'sqlserver-bronze',
  description: 'SQL Server tables into bronze, each as a whole',
  tasks: TABLES_TO_INGEST.map((table) =>
    datakitTask({
      id: \`ingest-\${table.toLowerCase().replaceAll('.', '-')}\`,
      datakit: 'sqlserver-bronze',
      version: '0.1.0',
      command: \`datakit-sqlserver ingest-table \${table}\`,
      idempotent: true,
      retry: { limit: 2, delaySeconds: 1 },
    }),
  ),
});
`;

const CHANGELOG = `# Changelog

What each release brings, newest first. \`npx towpath release create v0.1.0\` takes the section of its version.

## v0.1.0

- SQL Server tables into bronze, each as a whole.
`;

// `secrets/` is where the examples of the provider `file` have them.
const GITIGNORE = `node_modules/
.towpath/
.env.*
!.env.example
/secrets/
`;

const TSCONFIG = `{
  "compilerOptions": {
    "target": "es2024",
    "module": "nodenext",
    "strict": true,
    "noEmit": true,
    "erasableSyntaxOnly": true,
    "skipLibCheck": true
  },
  "include": ["pipelines"]
}
`;
