// Faults: at some moments of every command a hook may decide that something goes wrong.
//
//   moment   the command            reply            close                  hang, delay
//   before   is not executed        sent instead     without executing      then it executes
//   after    has been executed      sent instead     without a reply        then its reply is sent
//   data     transfers byte by      transfer stops   control and data       transfer waits at byte n,
//            byte                   at byte n        close at byte n        then continues
//   between  a rename in two steps  sent instead     without the second     then its second step
//            has made the first                      step
//
// A hang ends when the server's owner releases it, and is abandoned when the server stops. It outlives its client: a
// rename that hung while the client gave up still happens on release, as it would on a real server.

import type { Disturbance, Reply } from "./data-connection.ts";

export type FaultPhase = "before" | "after" | "data" | "between";

export interface FaultEvent {
  readonly phase: FaultPhase;
  /** In capitals. The greeting of a new connection is the command CONNECT. */
  readonly command: string;
  /** As the client sent it; a password is hidden. */
  readonly argument: string;
  /** The file or folder that the command names, as the client sees it: absolute, from the server's root. */
  readonly path: string | undefined;
  /** Connections are numbered from 1. */
  readonly session: number;
  /** How often this command has come to this moment on this server, this time included. */
  readonly count: number;
}

export type FaultAction =
  /** Phase data: bytes beyond `atByte` (0 unless given) are thrown away, then this reply is sent, as a full disk does. */
  | { readonly do: "reply"; readonly code: number; readonly text: string; readonly atByte?: number }
  | { readonly do: "close"; readonly atByte?: number }
  | { readonly do: "hang"; readonly atByte?: number }
  | { readonly do: "delay"; readonly ms: number; readonly atByte?: number }
  /** Phase data only: the data connection breaks at byte n and the reply is 426. */
  | { readonly do: "cut-data"; readonly atByte: number };

/** May be asynchronous: nothing else happens in that session meanwhile. An error it throws is reported by stop(). */
export type FaultHook = (event: FaultEvent) => FaultAction | undefined | Promise<FaultAction | undefined>;

/** Whether a wait ended so that the session goes on, or because the server stops. */
export type WaitEnd = "go on" | "stopped";

export interface FaultGate {
  setHook(hook: FaultHook | undefined): void;
  consult(event: Omit<FaultEvent, "count">): Promise<FaultAction | undefined>;
  hang(): Promise<WaitEnd>;
  delay(ms: number): Promise<WaitEnd>;
  /** Lets everything that hangs go on. */
  release(): void;
  /** Ends every wait, now and from now on. */
  stop(): void;
}

type Waits = Set<(end: WaitEnd) => void>;

export function createFaultGate(initialHook: FaultHook | undefined): FaultGate {
  let hook = initialHook;
  let stopped = false;
  const counts = new Map<string, number>();
  const hanging: Waits = new Set();
  const delayed: Waits = new Set();

  return {
    setHook(next) {
      hook = next;
    },
    async consult(event) {
      const key = `${event.phase} ${event.command}`;
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      return await hook?.({ ...event, count });
    },
    hang() {
      return stopped ? Promise.resolve("stopped") : new Promise((resolve) => hanging.add(resolve));
    },
    delay(ms) {
      if (stopped) {
        return Promise.resolve("stopped");
      }
      return new Promise((resolve) => {
        const wake = (end: WaitEnd): void => {
          clearTimeout(timer);
          delayed.delete(wake);
          resolve(end);
        };
        const timer = setTimeout(wake, ms, "go on");
        delayed.add(wake);
      });
    },
    release() {
      endAll(hanging, "go on");
    },
    stop() {
      stopped = true;
      endAll(hanging, "stopped");
      endAll(delayed, "stopped");
    },
  };
}

function endAll(waits: Waits, end: WaitEnd): void {
  const ending = [...waits];
  waits.clear();
  for (const wake of ending) {
    wake(end);
  }
}

/** What an action puts in a command's way: a reply to send instead, the end of the session, or nothing (any more). */
export async function meet(gate: FaultGate, action: FaultAction | undefined): Promise<Reply | "close" | undefined> {
  switch (action?.do) {
    case undefined:
      return undefined;
    case "reply":
      return action;
    case "close":
      return "close";
    case "hang":
      return (await gate.hang()) === "go on" ? undefined : "close";
    case "delay":
      return (await gate.delay(action.ms)) === "go on" ? undefined : "close";
    case "cut-data":
      throw new Error("the fault cut-data belongs to the phase data only");
  }
}

/** The same for the bytes of a transfer. */
export function disturbanceOf(gate: FaultGate, action: FaultAction): Disturbance {
  return {
    atByte: action.atByte ?? 0,
    async happen() {
      switch (action.do) {
        case "reply":
          return "drop";
        case "close":
          return "close";
        case "cut-data":
          return "cut";
        case "hang":
          return (await gate.hang()) === "go on" ? "continue" : "close";
        case "delay":
          return (await gate.delay(action.ms)) === "go on" ? "continue" : "close";
      }
    },
  };
}
