/**
 * Returns a writer that prints whole lines with the task's name before each; several logs stay readable side by side. They
 * leave as bytes: they are the task's words, not ours.
 */
export function createLinePrinter(taskId: string, out: (bytes: Uint8Array) => void): (bytes: Uint8Array) => void {
  const decoder = new TextDecoder();
  let rest = '';
  return (bytes) => {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) out(Buffer.from(`${taskId} | ${line}\n`));
  };
}
