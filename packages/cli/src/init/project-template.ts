// The small project that `npx towpath init` writes: one pipeline over three tables of the mock SQL Server.

import { EXAMPLE_FILE, formatEnvironments } from './environments-template.ts';
import { listPresetEnvironments, type PresetName } from './presets.ts';

/** A file of the template; `path` is relative to the project. */
export interface TemplateFile {
  readonly path: string;
  readonly content: string;
}

/**
 * The template's files for a project of this name; without a preset it has `local` alone. The pipeline is the same,
 * whatever environments there are.
 */
export function createProjectTemplate(name: string, preset?: PresetName): readonly TemplateFile[] {
  const example = preset === undefined ? [] : [{ path: 'config/.env.example', content: EXAMPLE_FILE }];
  return [
    { path: 'towpath.yaml', content: formatProjectFile(name, preset) },
    ...example,
    { path: 'pipelines/sqlserver-bronze.ts', content: PIPELINE },
    { path: '.gitignore', content: GITIGNORE },
    { path: 'tsconfig.json', content: TSCONFIG },
  ];
}

function formatProjectFile(name: string, preset: PresetName | undefined): string {
  return `# A Towpath project. \`npx towpath dev\` runs it on this machine.
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

const GITIGNORE = `node_modules/
.towpath/
.env.*
!.env.example
secrets/
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
