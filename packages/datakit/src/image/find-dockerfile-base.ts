/**
 * The image that the last stage of a Dockerfile begins with; undefined when that is another stage, `scratch`, or a name with more in it
 * than the argument BASE, which `base` gives.
 */
export function findDockerfileBase(text: string, base: string | undefined): string | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  const stages = lines.flatMap((line) => {
    const [, image, name] = /^FROM\s+(?:--platform=\S+\s+)?(\S+)(?:\s+AS\s+(\S+))?$/i.exec(line) ?? [];
    return image === undefined ? [] : [{ image, name }];
  });
  const last = stages.at(-1)?.image;
  const declared = lines.map((line) => /^ARG\s+BASE=["']?([^"'\s]+)["']?$/i.exec(line)?.[1]).find(Boolean);
  const image = last === '$' + '{BASE}' || last === '$BASE' ? (base ?? declared) : last;
  const isStage = stages.some(({ name }) => name !== undefined && name === image);
  return image === undefined || isStage || image === 'scratch' || image.includes('$') ? undefined : image;
}
