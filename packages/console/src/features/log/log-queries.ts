import { useMutation } from '@tanstack/react-query';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { createLogReader, type LogSnapshot, readWholeLog } from './log-reader.ts';

/** The log of an attempt, followed while it is on screen. */
export function useLog(attemptId: string): LogSnapshot {
  const reader = useMemo(() => createLogReader(attemptId), [attemptId]);
  useEffect(() => reader.start(), [reader]);
  return useSyncExternalStore(reader.subscribe, reader.getSnapshot);
}

/** Saves the whole log of an attempt as a file. */
export function useDownloadLog(attemptId: string, fileName: string) {
  return useMutation({
    mutationFn: () => readWholeLog(attemptId),
    onSuccess: (blob) => saveAs(blob, fileName),
  });
}

function saveAs(blob: Blob, fileName: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  // Names come from people; separators of paths and the like don't belong into a file's name.
  link.download = fileName.replace(/[^\p{L}\p{N}._ #-]+/gu, '_');
  link.click();
  URL.revokeObjectURL(url);
}
