// What a person may do, each declared once: its route is made of it, its command of `soh`, and what the console says beside it.
import type { Remedy } from "../domain/purchase-order/remedy.ts";

export interface Action {
  /** What it is done to. */
  readonly subject: "purchase-order" | "order" | "supplier" | "alert";
  /** Who may. */
  readonly role: "operator";
  /** What it does, in the plural, for the help of `soh`. */
  readonly what: string;
  /** What the supplier will see, as a sentence for the person who chooses. */
  readonly atSupplier: string;
  /** Whether the person answers for what the machine cannot know, and must say why; and what the note says. */
  readonly note: { readonly needed: boolean; readonly says: string };
  /** Of `soh`, after its name. */
  readonly example: string;
  /** Its command takes more than who and why, and is written by hand. */
  readonly ownCommand?: true;
}

const operator = "operator" as const;
const possible = (says: string) => ({ needed: false, says });
const needed = (says: string) => ({ needed: true, says });

const remedyActions = {
  retry: {
    subject: "purchase-order",
    role: operator,
    what: "Tries ready or failed purchase orders now, instead of waiting for their next attempt, their supplier's sending time, or for ever.",
    atSupplier: "The supplier sees it for the first time: nothing of it has arrived.",
    note: possible("what was mended"),
    example: 'SE1001-1 --note "their server is back"',
  },
  "same-again": {
    subject: "purchase-order",
    role: operator,
    what: "Sends purchase orders once more that are unknown, or sent and not answered. Ask the supplier first whether it has them.",
    atSupplier:
      "The supplier sees the same number and the same bytes under a new file name: if it has the first one, it may ship twice.",
    note: needed("who said so"),
    example: 'SE1001-1 --note "Agriest: we have nothing of it"',
  },
  replace: {
    subject: "purchase-order",
    role: operator,
    what: "Sends a replacement for purchase orders that are unknown, or sent and not answered.",
    atSupplier:
      "The supplier sees the same number with the next version, written from the order as it is now and marked as a replacement.",
    note: needed("who said so"),
    example: 'SE1001-1 --note "Agriest deleted the first one, the address is new"',
  },
  "order-again": {
    subject: "purchase-order",
    role: operator,
    what: "Gives purchase orders up and orders their units anew.",
    atSupplier: "The supplier sees a new number; the old one is given up, and an answer to it is set aside.",
    note: needed("who said so"),
    example: 'SE1001-1 --note "Agriest cannot take this number again"',
  },
  "mark-sent": {
    subject: "purchase-order",
    role: operator,
    what: "Says that the supplier has these purchase orders: they are not sent (again).",
    atSupplier: "The supplier sees nothing: you say that it has the purchase order.",
    note: needed("who said so"),
    example: 'SE1001-1 --note "Agriest confirmed by telephone"',
  },
  discard: {
    subject: "purchase-order",
    role: operator,
    what: "Gives up purchase orders that are failed or unknown: they are not sent, and nothing takes their place.",
    atSupplier: "The supplier sees nothing, and the units are not ordered again.",
    note: needed("why"),
    example: 'SE1001-1 --note "the customer bought it elsewhere"',
  },
  "notice-accepted": {
    subject: "purchase-order",
    role: operator,
    what: "Says that the supplier accepted the cancellation or change of these purchase orders.",
    atSupplier: "The supplier sees nothing: you say that it will not ship what was cancelled, and that is not ordered any more.",
    note: needed("who said so"),
    example: 'SE1001-1 --note "Agriest by telephone: it does not ship"',
  },
  "notice-too-late": {
    subject: "purchase-order",
    role: operator,
    what: "Says that the cancellation or change of these purchase orders came too late for the supplier.",
    atSupplier: "The supplier sees nothing: you say that it cannot take it back, so the goods come.",
    note: needed("who said so"),
    example: 'SE1001-1 --note "Agriest: it left this morning"',
  },
} as const satisfies Record<Remedy, Action>;

export const actions = {
  ...remedyActions,
  hold: {
    subject: "purchase-order",
    role: operator,
    what: "Keeps back purchase orders that are not being sent yet, until they are released.",
    atSupplier: "The supplier sees nothing until it is released.",
    note: needed("why"),
    example: 'SE1001-1 --note "the customer will call back"',
  },
  release: {
    subject: "purchase-order",
    role: operator,
    what: "Lifts the holds of a purchase order, so that it is sent; or one hold of all that it keeps.",
    atSupplier: "The supplier sees it for the first time, at its next sending time.",
    note: needed("why"),
    example: 'SE1001-1 --note "called the customer: the address is right"',
    ownCommand: true,
  },
  adopt: {
    subject: "order",
    role: operator,
    what: "Takes up orders that are historic (older than dispatch.since) as if they were new.",
    atSupplier: "Its suppliers see purchase orders as for a new order.",
    note: needed("why"),
    example: '1001 --note "was never sent by the old system"',
  },
  resume: {
    subject: "supplier",
    role: operator,
    what: "Ends the pause of suppliers: what waits for them is sent.",
    atSupplier: "The supplier sees what was waiting for it.",
    note: possible("why"),
    example: 'agriest --note "new password set"',
  },
  check: {
    subject: "supplier",
    role: operator,
    what: "Tries a supplier's server with files that are no purchase orders.",
    atSupplier: "The supplier sees a login, and files with temporary names that are taken away again.",
    note: possible("why"),
    example: "agriest",
    ownCommand: true,
  },
  seen: {
    subject: "alert",
    role: operator,
    what: "Says that somebody has seen alerts.",
    atSupplier: "The supplier sees nothing.",
    note: possible("what was done"),
    example: "12",
    ownCommand: true,
  },
} as const satisfies Record<string, Action>;

export type ActionName = keyof typeof actions;

/** Under /api, of each kind of subject. */
export const pathOf = {
  "purchase-order": "/purchase-orders",
  order: "/orders",
  supplier: "/suppliers",
  alert: "/alerts",
} as const;

export const actionOf = (name: ActionName): Action => actions[name];

export const needsNote = (name: ActionName): boolean => actionOf(name).note.needed;

/** Those that need no more than who and why. */
export type PlainAction = {
  [Name in ActionName]: (typeof actions)[Name] extends { readonly ownCommand: true } ? never : Name;
}[ActionName];
export type PlainActionOn<Subject extends Action["subject"]> = {
  [Name in PlainAction]: (typeof actions)[Name]["subject"] extends Subject ? Name : never;
}[PlainAction];

const names = Object.keys(actions).filter((name): name is ActionName => name in actions);

export const plainActions = <Subject extends Action["subject"]>(subject: Subject): readonly PlainActionOn<Subject>[] =>
  names.filter(
    (name): name is PlainActionOn<Subject> => actionOf(name).subject === subject && actionOf(name).ownCommand === undefined,
  );
