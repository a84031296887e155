// Must be imported before any schema: zod would try `new Function`, which the content security policy refuses and reports.
import { config } from 'zod';

config({ jitless: true });
