// A zone is a bucket: a folder, so that the example needs no cloud, or one of a store that speaks S3. What ZONES names decides.
import { isStore, type Zone, type ZoneConfiguration, type ZoneRequest } from './zone.ts';

/** Opens a zone. Throws when its mark is not this environment's. */
export async function openZone(config: ZoneConfiguration, request: ZoneRequest): Promise<Zone> {
  if (!isStore(config.ZONES)) {
    const { openFolderZone } = await import('./folder-zone.ts');
    return openFolderZone(config.ZONES, request);
  }
  // Loaded only where it is used: the client of S3 is larger than all the rest.
  const { openS3Zone } = await import('./s3-zone.ts');
  return openS3Zone(config, request);
}
