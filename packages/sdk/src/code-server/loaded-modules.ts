// Which files of a project its pipeline modules were made of: those they import from `lib/` and elsewhere are watched and
// hashed like the modules themselves. Node's own loader is asked, so nothing is guessed from the text.
import { registerHooks } from 'node:module';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Begins to note; call it before the first module is loaded. `folder` is the real path of the project. */
export function noteLoadedModules(folder: string): () => readonly string[] {
  const urls = new Set<string>();
  registerHooks({
    resolve: (specifier, context, next) => {
      // One that is not there is noted as well: writing it is what corrects the error.
      if (isPath(specifier) && context.parentURL !== undefined) urls.add(new URL(specifier, context.parentURL).href);
      return next(specifier, context);
    },
  });
  return () => [...new Set([...urls].flatMap((url) => keepOwn(url, folder)))].sort();
}

function isPath(specifier: string): boolean {
  return /^(?:\.{0,2}\/|file:)/.test(specifier);
}

/** The path relative to the project with `/`; none when it lies elsewhere, or belongs to an installed package. */
function keepOwn(url: string, folder: string): string[] {
  if (!url.startsWith('file:')) return [];
  const path = relative(folder, fileURLToPath(url)).replaceAll(sep, '/');
  return path.startsWith('../') || path.split('/').includes('node_modules') ? [] : [path];
}
