/** Whether a variable is called like a secret: where nobody has declared it, that is all there is to tell by. */
export function isCalledSecret(name: string): boolean {
  return /(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|PRIVATE_KEY|CREDENTIAL)/.test(name);
}
