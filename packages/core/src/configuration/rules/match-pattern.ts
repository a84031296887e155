/**
 * Prepares a pattern of `owns:`: `*` stands for any text, a pattern that ends in `/` for the thing itself and all below it, anything
 * else for itself. Capitals don't count: that two names differ in them only keeps nothing apart. The matcher takes linear time.
 */
export function compilePattern(pattern: string): (name: string) => boolean {
  if (!pattern.endsWith('/')) return compileText(pattern);
  const below = compileText(`${pattern}*`);
  // The folder itself is named with its final slash or without.
  return (name) => below(name) || below(`${name}/`);
}

function compileText(pattern: string): (name: string) => boolean {
  const [first = '', ...rest] = pattern.toLowerCase().split('*');
  const last = rest.pop();
  return (name) => {
    const text = name.toLowerCase();
    if (last === undefined) return text === first;
    if (!text.startsWith(first)) return false;
    let at = first.length;
    // Taking the earliest place for each part leaves most to the parts behind it.
    for (const part of rest) {
      const found = text.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return text.length - last.length >= at && text.endsWith(last);
  };
}
