import { expect, test } from 'vitest';
import { type EngineInfo, fitLimits } from './engine-info.ts';

const ABLE: EngineInfo = {
  NCPU: 2,
  MemTotal: 4 * 1024 ** 3,
  MemoryLimit: true,
  CpuCfsQuota: true,
  ServerVersion: '20.10.24',
};

test('limits that the engine keeps are as declared, and nothing is remarked', () => {
  expect(fitLimits({ cpu: 1.5, memoryMiB: 512 }, ABLE)).toEqual({ cpu: 1.5, memoryMiB: 512, remarks: [] });
  expect(fitLimits({ cpu: undefined, memoryMiB: undefined }, ABLE)).toMatchObject({ remarks: [] });
});

test('A26 docker: a limit that it can not enforce, or not as it is, is said before anything runs', () => {
  const more = fitLimits({ cpu: 8, memoryMiB: 8192 }, ABLE);
  expect(more).toMatchObject({ cpu: 2, memoryMiB: 8192 });
  expect(more.remarks).toEqual([
    expect.stringContaining("sizing.memory (8192Mi) is more than the engine's host has (4096Mi)"),
    expect.stringContaining('attempts get all 2'),
  ]);
  const unable = fitLimits({ cpu: 1, memoryMiB: 512 }, { ...ABLE, MemoryLimit: false, CpuCfsQuota: false });
  expect(unable).toMatchObject({ cpu: undefined, memoryMiB: undefined });
  expect(unable.remarks).toHaveLength(2);
});
