// What a person may do about a supplier's file that was set aside: have it applied now, or discard it.
import { findRow } from "../database/statements.ts";
import { recordEvent } from "../database/audit.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { InboundFilesTable } from "../database/tables/inbound.ts";
import type { AnswerTo } from "../domain/answers/notice.ts";
import type { ActionResult, Person } from "../domain/person.ts";
import type { FileKind } from "./file-kind.ts";
import type { Receiving } from "./receive.ts";

export interface SetAsideFiles {
  /** Applies its kept bytes, as if the supplier had written it now. */
  retry(id: string, person: Person): Promise<ActionResult>;
  /** Applies one that does not say whether it answers the purchase order or a notice about it: the person knows. */
  apply(id: string, to: AnswerTo, person: Person): Promise<ActionResult>;
  discard(id: string, person: Person): Promise<ActionResult>;
}

export function createSetAsideFiles(options: {
  readonly database: OpenDatabase;
  readonly receiving: Pick<Receiving, "receive">;
  /** What is done with each kind of file. */
  readonly kindOf: (kind: InboundFilesTable["kind"]) => FileKind;
  readonly now: () => number;
}): SetAsideFiles {
  const { database, now } = options;

  const settle = (id: string, how: "retried" | "discarded", person: Person): Promise<boolean> =>
    database.transaction(async (trx) => {
      const at = now();
      const result = await trx
        .updateTable("inbound_files")
        .set({ settled_at: at, settled_by: person.actor, settled_how: how })
        .where("id", "=", id)
        .where("settled_at", "is", null)
        .executeTakeFirst();
      if (result.numUpdatedRows === 0n) {
        return false;
      }
      await recordEvent(trx, {
        at,
        subject: "file",
        subjectId: id,
        name: `file.${how}`,
        actor: person.actor,
        detail: { note: person.note },
      });
      return true;
    });

  const applyKept = async (id: string, to: AnswerTo | undefined, person: Person): Promise<ActionResult> => {
    const file = await database.transaction((trx) => read(trx, id));
    const refusal = objection(file, id);
    if (file === undefined || refusal !== undefined) {
      return { ok: false, message: refusal ?? "" };
    }
    const kind = options.kindOf(file.kind);
    const received = await options.receiving.receive(kind, { supplier: file.supplier, path: file.name, bytes: file.bytes }, to);
    if (received.kind === "not-readable-yet" || received.kind === "set-aside") {
      return { ok: false, message: `${file.name} still cannot be applied: ${received.reason}` };
    }
    await settle(id, "retried", person);
    return {
      ok: true,
      message:
        received.kind === "duplicate" ? `${file.name} was applied already` : `${file.name} is applied to ${received.number}`,
      ready: [],
    };
  };

  return {
    retry: (id, person) => applyKept(id, undefined, person),
    apply: applyKept,

    async discard(id, person) {
      const file = await database.transaction((trx) => read(trx, id));
      const refusal = objection(file, id);
      if (file === undefined || refusal !== undefined || !(await settle(id, "discarded", person))) {
        return { ok: false, message: refusal ?? "somebody settled it in this moment" };
      }
      return { ok: true, message: `${file.name} of ${file.supplier} is discarded`, ready: [] };
    },
  };
}

const read = (trx: DatabaseTransaction, id: string): Promise<InboundFilesTable | undefined> =>
  findRow(trx, "inbound_files", { id });

function objection(file: InboundFilesTable | undefined, id: string): string | undefined {
  if (file === undefined) {
    return `there is no file ${id}`;
  }
  if (file.state === "applied") {
    return `${file.name} was applied already`;
  }
  return file.settled_at === null ? undefined : `it was ${file.settled_how} by ${file.settled_by} already`;
}
