// When a sink that did not accept a notification is asked again.

/** Doubles with each try from the first value to the last: an outage of a chat lasts minutes, one of a mail server hours. */
const FIRST_SECONDS = 5;
const LONGEST_SECONDS = 15 * 60;
/** A sink that asks for more patience than this is asked all the same: the notification would be given up first. */
const LONGEST_WISH_SECONDS = 3600;

/** A notification that nobody could be told for so long is old news; it stays visible. */
export const DELIVERY_LIFE_HOURS = 24;

/**
 * Seconds to wait after so many failed tries. A sink's own wish (`Retry-After`) is respected: waiting too short gets the
 * whole channel blocked, waiting too long only delays one message.
 */
export function planRedelivery(tries: number, wishedSeconds: number | null): number {
  const ownSeconds = Math.min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** Math.min(Math.max(tries - 1, 0), 16));
  return Math.max(ownSeconds, Math.min(wishedSeconds ?? 0, LONGEST_WISH_SECONDS));
}
