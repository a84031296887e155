/** True for names that secrets have: `…_PASSWORD`, `…_TOKEN`, `…_API_KEY`, … */
export function isSecretName(name: string): boolean {
  return /(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|PRIVATE_KEY|CREDENTIAL)/.test(name);
}
