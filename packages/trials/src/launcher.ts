// The launcher (scripts/run.mjs) hands on the signals that it gets; when it is killed, nobody does. So it says who it is, and who
// was started by it looks whether it is still there. A process that was started by anybody else has no launcher, and goes on.

/** Milliseconds. */
const LOOK_EVERY_MS = 250;

/** Calls `gone` once, when the process that started this one is gone. Keeps no process alive. */
export function onLauncherGone(gone: () => void): void {
  const launcher = Number(process.env.SOH_LAUNCHER);
  if (!launcher) {
    return;
  }
  const look = setInterval(() => {
    // Whoever has lost its parent has another one.
    if (process.ppid !== launcher) {
      clearInterval(look);
      gone();
    }
  }, LOOK_EVERY_MS);
  look.unref();
}
