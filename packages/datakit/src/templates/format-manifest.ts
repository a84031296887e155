/** The beginning of every template's manifest. */
export function formatManifest(name: string, rest: string): string {
  return `# A datakit: \`npx towpath datakit validate datakits/${name}\` judges it.
name: ${name}
version: 0.1.0
kind: example
description: Counts the lines of a text
commands: [${name}]
environment:
  - name: SKIP_EMPTY
    description: "yes leaves out empty lines"
resources: { cpu: 0.5, memory: 256Mi }
minimumPlatform: {{platform}}
${rest}`;
}
