// A gate in front of the sender: closed, no new webhook goes out, and it is known when the last one under way is answered.

export interface Gate {
  /** Waits while it is closed. */
  pass<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when nothing is under way any more. */
  close(): Promise<void>;
  open(): void;
}

export function createGate(): Gate {
  let opening: PromiseWithResolvers<void> | undefined;
  let underWay = 0;
  let onIdle: (() => void) | undefined;

  return {
    async pass(work) {
      while (opening !== undefined) {
        await opening.promise;
      }
      underWay++;
      try {
        return await work();
      } finally {
        underWay--;
        if (underWay === 0) {
          onIdle?.();
        }
      }
    },
    async close() {
      opening ??= Promise.withResolvers();
      if (underWay > 0) {
        await new Promise<void>((resolve) => (onIdle = resolve));
        onIdle = undefined;
      }
    },
    open() {
      opening?.resolve();
      opening = undefined;
    },
  };
}
