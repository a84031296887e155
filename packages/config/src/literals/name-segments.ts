// When a word that holds the name of an environment is no name of something in it.

/** `settings.prod.json` is a file. */
const FILE_ENDING = /\.(?:json|ya?ml|py|ts|js|sql|toml|txt|csv|md|env|tfvars|sh|ini|cfg|lock|log|parquet)$/i;

/** `non-prod` speaks about environments. */
const NO_NAME = /^(?:non|not|is|pre|no|to|for|the|in|vs)$/i;

/** True for a word that ends like a file. */
export function isFileName(word: string): boolean {
  return FILE_ENDING.test(word);
}

/** True where a word before the name of an environment, joined to it by `-`, makes it say something about environments. */
export function speaksAboutEnvironments(before: string): boolean {
  return NO_NAME.test(before);
}
