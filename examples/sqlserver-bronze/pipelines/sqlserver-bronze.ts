import { datakitTask, definePipeline } from 'towpath';

// Add a table, save, and its task is there. The mock SQL Server also has dbo.Suppliers.
const TABLES_TO_INGEST = ['dbo.Customer', 'dbo.Orders', 'dbo.Products'];

export default definePipeline({
  name: 'sqlserver-bronze',
  description: 'SQL Server tables into bronze, each as a whole',
  tasks: TABLES_TO_INGEST.map((table) =>
    datakitTask({
      id: `ingest-${table.toLowerCase().replaceAll('.', '-')}`,
      datakit: 'sqlserver-bronze',
      version: '0.1.0',
      command: `datakit-sqlserver ingest-table ${table}`,
      idempotent: true,
      retry: { limit: 2, delaySeconds: 1 },
    }),
  ),
});
