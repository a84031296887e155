// One page, absolute paths (every URL is a deep link), nothing inlined: the policy is `default-src 'self'`.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compressFiles } from './compress-files.ts';

export default defineConfig({
  plugins: [react(), compressFiles()],
  build: {
    target: 'es2023',
    // An inlined asset would be a data: URL, which the policy refuses for scripts and workers.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // elkjs is one 1.5 MB file; it loads with the graph, never with the first view.
    chunkSizeWarningLimit: 1700,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // The schemas are made while their chunk loads, so what configures zod has to lie in the same chunk, before
          // them: in the entry it would come too late, and zod would try `new Function` against the policy.
          groups: [{ name: 'contract', test: /configure-zod|\/zod\/|packages\/(api|core)\// }],
        },
      },
    },
  },
});
