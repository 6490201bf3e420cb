// How a command ends. Scripts tell by the status: 0 done, 1 refused or failed, 2 not understood, 3 the dispatcher is not there.
export const EXIT = { done: 0, refused: 1, usage: 2, unreachable: 3 } as const;

/** Ends the command with this status; the message goes to stderr as it is. */
export class CommandFailure extends Error {
  override name = "CommandFailure";
  readonly status: number;

  constructor(status: (typeof EXIT)[keyof typeof EXIT], message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}
