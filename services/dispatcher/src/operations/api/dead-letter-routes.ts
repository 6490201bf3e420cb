// What waits for a person's decision, of every kind: the list, one of them, its bytes, and what can be done about one or
// many. Of many, each is settled by itself: those that can be are, the others say why not.
import type { Logger } from "@soh/shared/logger";
import type { FastifyInstance } from "fastify";
import type { ActionResult, Person } from "../../domain/person.ts";
import { remedies, type Remedy } from "../../domain/purchase-order/remedy.ts";
import { download } from "../download.ts";
import { HttpError } from "../http-error.ts";
import { listDeadLetters, readDeadLetter, readDeadLetterBytes } from "../queries/dead-letters.ts";
import { showPosition } from "../queries/paging.ts";
import { conclude, personOf, requireNote, unlessChanged } from "./acting.ts";
import type { ActionRoutesOptions } from "./action-routes.ts";
import { oneSubject, type Subject } from "./find.ts";
import { actionBody, applyBody, deadLetterQuery, idParams, parse, settleBody } from "./input.ts";
import { showDeadLetter, showDeadLetterDetail } from "./representations.ts";
import { settleMany } from "./settle-many.ts";

export function deadLetterRoutes(app: FastifyInstance, options: ActionRoutesOptions & { readonly logger: Logger }): void {
  const { db, actions, suppliers, handOver, logger } = options;
  const settle = (subject: Subject, remedy: Remedy, person: Person): Promise<ActionResult> =>
    unlessChanged(db, subject, () => actions.settle({ kind: subject.kind, id: subject.id }, remedy, person));

  app.get("/dead-letters", async (request) => {
    const { rows, next } = await listDeadLetters(db, parse(deadLetterQuery, request.query));
    return { deadLetters: rows.map(showDeadLetter), next: next === undefined ? null : showPosition(next) };
  });

  app.get("/dead-letters/:id", async (request) => {
    const subject = await oneSubject(db, parse(idParams, request.params).id);
    const letter = await readDeadLetter(db, subject);
    if (letter === undefined) {
      throw new HttpError(404, `${subject.label} is ${subject.state ?? "applied"}: it is no dead letter`);
    }
    return showDeadLetterDetail(letter);
  });

  app.get("/dead-letters/:id/bytes", async (request, reply) => {
    const subject = await oneSubject(db, parse(idParams, request.params).id);
    const file = await readDeadLetterBytes(db, subject);
    if (file === undefined) {
      throw new HttpError(404, `${subject.label} could not be written: it has no bytes`);
    }
    return download(reply, file);
  });

  for (const remedy of remedies) {
    app.post(`/dead-letters/:id/${remedy}`, async (request) => {
      const { id } = parse(idParams, request.params);
      const person = personOf(request, parse(actionBody, request.body), suppliers);
      requireNote(remedy, person);
      const subject = await oneSubject(db, id);
      const about = { kind: subject.kind, id: subject.id, label: subject.label };
      return await conclude(await settle(subject, remedy, person), about, handOver);
    });
  }

  app.post("/dead-letters/:id/apply", async (request) => {
    const { id } = parse(idParams, request.params);
    const { to, ...body } = parse(applyBody, request.body);
    const person = personOf(request, body, suppliers);
    if (person.note === "") {
      throw new HttpError(400, "note: say why: what it answers is kept with its reason");
    }
    const subject = await oneSubject(db, id);
    if (subject.kind !== "file") {
      throw new HttpError(409, `${subject.label} is no supplier's file: apply is for answers that were set aside`);
    }
    const about = { kind: subject.kind, id: subject.id, label: subject.label };
    return await conclude(await actions.applyFile(subject.id, to, person), about, handOver);
  });

  app.post("/dead-letters/settle", async (request) => {
    const { remedy, ids, all = {}, ...body } = parse(settleBody, request.body);
    const person = personOf(request, body, suppliers);
    requireNote(remedy, person);
    const which = ids === undefined ? { all } : { ids: [...new Set(ids)] };
    return await settleMany({ db, logger, handOver, which, settle: (subject) => settle(subject, remedy, person) });
  });
}
