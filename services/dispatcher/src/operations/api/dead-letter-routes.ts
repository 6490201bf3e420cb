// What waits for a person's decision, of every kind: the list, one of them, its bytes, and what can be done about one or
// many. Of many, each is settled by itself: those that can be are, the others say why not.
import type { Logger } from "@soh/shared/logger";
import type { FastifyInstance } from "fastify";
import { showPosition } from "../../contract/cursor.ts";
import { routes } from "../../contract/routes.ts";
import { listDeadLetters, readDeadLetter } from "../../attention/attention.ts";
import type { ActionResult, Person } from "../../domain/person.ts";
import type { Remedy } from "../../domain/purchase-order/remedy.ts";
import { download } from "../download.ts";
import { HttpError } from "../http-error.ts";
import { readDeadLetterBytes, subjectOfEvents } from "../queries/dead-letters.ts";
import { listEvents } from "../queries/events.ts";
import { conclude, personOf, unlessChanged, type ActionRoutesOptions } from "./acting.ts";
import { oneSubject, type Subject } from "./find.ts";
import { showDeadLetter, showDeadLetterDetail } from "./representations.ts";
import { serve } from "./serve.ts";
import { settleMany } from "./settle-many.ts";

export function deadLetterRoutes(app: FastifyInstance, options: ActionRoutesOptions & { readonly logger: Logger }): void {
  const { db, actions, suppliers, handOver, logger } = options;
  const settle = (subject: Subject, remedy: Remedy, person: Person): Promise<ActionResult> =>
    unlessChanged(db, subject, () => actions.settle({ kind: subject.kind, id: subject.id }, remedy, person));

  serve(app, routes.deadLetters, async ({ query }) => {
    const { rows, next } = await listDeadLetters(db, query);
    return { deadLetters: rows.map(showDeadLetter), next: next === undefined ? null : showPosition(next) };
  });

  serve(app, routes.deadLetter, async ({ params: { id } }) => {
    const subject = await oneSubject(db, id);
    const letter = await readDeadLetter(db, subject);
    if (letter === undefined) {
      throw new HttpError(404, `${subject.label} is ${subject.state ?? "applied"}: it is no dead letter`);
    }
    return showDeadLetterDetail(letter, await listEvents(db, { subject: subjectOfEvents(subject.kind), id: subject.id }));
  });

  serve(app, routes.deadLetterBytes, async ({ params: { id }, reply }) => {
    const subject = await oneSubject(db, id);
    const file = await readDeadLetterBytes(db, subject);
    if (file === undefined) {
      throw new HttpError(404, `${subject.label} could not be written: it has no bytes`);
    }
    return download(reply, file);
  });

  serve(app, routes.settleOne, async ({ params: { id, remedy }, body, request }) => {
    const person = personOf(request, body, { suppliers, action: remedy });
    const subject = await oneSubject(db, id);
    const about = { kind: subject.kind, id: subject.id, label: subject.label };
    return await conclude(await settle(subject, remedy, person), about, handOver);
  });

  serve(app, routes.applyFile, async ({ params: { id }, body: { to, ...said }, request }) => {
    const person = personOf(request, said, { suppliers });
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

  serve(app, routes.settle, async ({ body: { remedy, ids, all = {}, ...said }, request }) => {
    const person = personOf(request, said, { suppliers, action: remedy });
    const which = ids === undefined ? { all } : { ids: [...new Set(ids)] };
    return await settleMany({ db, logger, handOver, which, settle: (subject) => settle(subject, remedy, person) });
  });
}
