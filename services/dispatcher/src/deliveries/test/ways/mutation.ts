// What a test changes in the model of the ways (./model.ts), to see that the model would notice.

/** The protocol with one thing changed. */
export type Mutation =
  | "the marker is renamed before the order"
  | "an order is sent without its marker"
  | "a takeover does not look at the marker"
  | "a marker is placed again where the order still is"
  | "the delivery note is renamed after the order"
  | "a second attempt takes its delivery note for placed"
  | "the intent of a direct upload is written after it"
  | "a direct upload whose reply is lost is stored again"
  | "a direct upload of which nothing is there is taken for sent"
  | "a refused upload is believed whenever it was refused"
  | "it looks twice where there are two renames"
  | "a temporary file proves that nothing was renamed, however the server renames"
  | "a marker's temporary file proves that the supplier was not told, however the server renames"
  | "an answer leaves the attempt to its worker"
  // Not ours to keep: what is assumed of servers and suppliers.
  | "a refusal may come of the second step"
  | "an answer may come of what was not taken";

export type Mutated = (mutation: Mutation) => boolean;
