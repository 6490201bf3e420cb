// How far the model of the delivery protocol (./model.ts) is explored.
import type { RenameKind } from "../../domain/delivery/delivery-table.ts";

export interface Bounds {
  /** How the server renames. In two steps as OpenSSH does, in its own process: a link, refused where the name exists, and an unlink. */
  readonly rename: RenameKind;
  readonly messages: number;
  /** 1: nobody claims anything while another is at work. What is gone is taken over all the same. */
  readonly workers: 1 | 2;
  /** Of one worker for ever, or of the process: then the journal is compared with the database. */
  readonly crashes: number;
  /** Replies that never come. That of a rename says nothing: the server may still carry it out. */
  readonly lost: number;
  /** Renames answered by a definite no, carried out or not. */
  readonly refusals: number;
  /** Of a backup that was made at any instant before. */
  readonly restores: number;
  /** To cancel one while it is being sent. */
  readonly wishes: number;
  /** Persons who know that the supplier has one, and mark it sent. */
  readonly persons: number;
  /** `sending` is taken over from a worker that only stalls up to so many attempts; from one that is gone, always. */
  readonly attempts: number;
}
