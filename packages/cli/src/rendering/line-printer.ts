/** Returns a writer that prints whole lines with the task's name before each; several logs stay readable side by side. */
export function createLinePrinter(taskId: string, out: (text: string) => void): (bytes: Uint8Array) => void {
  const decoder = new TextDecoder();
  let rest = '';
  return (bytes) => {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) out(`${taskId} | ${line}\n`);
  };
}
