// What a test changes in the model of the delivery protocol (./model.ts), to see that the model would notice.

/** The protocol with one thing changed. */
export type Mutation =
  | "writeIntent is no compare-and-set"
  | "writeIntent and markSent do not check the token"
  | "end does not check the token"
  | "committing is started over without a look"
  | "attempts share one temporary name"
  | "the intent is written after the rename"
  | "the intent is journaled after the rename"
  | "both gone means start over"
  | "a temporary file proves that nothing was renamed, however the server renames"
  | "sending is taken over without abandoning it"
  | "several attempts may be committing"
  | "a refusal is believed without a look at the temporary file"
  | "a refused attempt removes its file before it ends"
  | "both there is believed at the first look"
  | "both there is believed at the first look after a refusal"
  | "withdrawing and ending are two transactions"
  | "an intent that could not be journaled is taken back and its file removed"
  | "an intent that could not be journaled is taken back by who has lost the claim"
  | "no journal"
  | "the journal does not name the attempt"
  | "a withdrawn intent is no news to a restored database"
  | "members are not released at a takeover"
  | "a member may be claimed by itself"
  | "markSent marks only the lead"
  | "markUnknown marks only the lead"
  | "end releases only the lead"
  | "a wish to cancel a member is not looked at"
  | "the intent is journaled for the lead only"
  | "a file is renamed in a takeover though one has left it"
  | "the lead's evidence ends a committing file for all"
  | "a promoted attempt keeps its number"
  | "a file without its intent goes on when a member leaves it";

export type Mutated = (mutation: Mutation) => boolean;
