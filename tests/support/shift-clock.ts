// Loaded before an agent (`node --import`): its wall clock is off by TOWPATH_TEST_CLOCK_SHIFT_MS, and after three seconds it
// jumps to as much on the other side, as a clock that is corrected twice. The monotonic clock stays true.
const shiftMs = Number(process.env.TOWPATH_TEST_CLOCK_SHIFT_MS ?? 0);
const JUMP_AFTER_MS = 3_000;

const RealDate = Date;
const readClock = (): number => RealDate.now() + (performance.now() < JUMP_AFTER_MS ? shiftMs : -shiftMs);

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [readClock()] : args, newTarget),
  apply: () => new RealDate(readClock()).toString(),
  get: (target, key, receiver) => (key === 'now' ? readClock : Reflect.get(target, key, receiver)),
});
