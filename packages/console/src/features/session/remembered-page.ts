// The page to come back to after signing in again. Only paths of this console are kept.
const STORAGE_KEY = 'towpath-page';

/** Where the console begins: the board where releases come to environments, else the runs. */
const FIRST_PAGE = '/';

/** True for a path of the console that is worth coming back to. */
export function isRememberable(path: string): boolean {
  return (
    path.startsWith('/') &&
    !path.startsWith('//') &&
    !path.startsWith('/open') &&
    !path.startsWith('/login') &&
    path !== '/'
  );
}

/** Keeps the page a person looks at. */
export function rememberPage(path: string): void {
  if (!isRememberable(path)) return;
  try {
    localStorage.setItem(STORAGE_KEY, path);
  } catch {
    // A private window may have no storage; then the console begins at its first page.
  }
}

/** The page looked at last, or the first page. */
export function recallPage(): string {
  try {
    const path = localStorage.getItem(STORAGE_KEY);
    return path && isRememberable(path) ? path : FIRST_PAGE;
  } catch {
    return FIRST_PAGE;
  }
}
