// What went wrong at a supplier, named by what to do next. Each transport translates its library's errors into these
// and keeps them as `cause`. Anything else that is thrown is a bug or broken infrastructure.

/** Nothing reached its final name: try again later. */
export class NotSent extends Error {
  override name: string = "NotSent";
}

/** A kept session that the server had forgotten: connect again at once, this is no failure of the delivery. */
export class StaleSession extends NotSent {
  override name: string = "StaleSession";
}

/** While it waited for a session, its supplier was paused, or its server stopped answering: it waits with the others. */
export class TurnLost extends StaleSession {
  override name = "TurnLost";
}

/** The server refused an upload before it took a byte of it. */
export class NotStored extends NotSent {
  override name = "NotStored";
}

/** The command may have been carried out: look before acting. */
export class OutcomeUnknown extends Error {
  override name: string = "OutcomeUnknown";
}

/** Our own journal cannot be written, so this attempt renames nothing: nobody's failure but our disk's. Who has taken over looks again. */
export class NotJournaled extends OutcomeUnknown {
  override name = "NotJournaled";
}

/** Login, permission or certificate: pause the supplier and tell a person; repeating it may get us banned. */
export class Refused extends Error {
  override name: string = "Refused";
}

/** Permission or existence of one folder or file: what else the supplier's server does is not in question. */
export class FolderRefused extends Refused {
  override name = "FolderRefused";
}

/** The folder does not permit an upload, and the server has not taken a byte of it. */
export class StoreForbidden extends FolderRefused {
  override name = "StoreForbidden";
}

/** This purchase order's content cannot be sent as it is: a person must act, others go on. */
export class BadDocument extends Error {
  override name: string = "BadDocument";
}

/** The document lacks something, or has too much, that a person or a later change of the order can mend: held, not failed. */
export class DocumentHeld extends BadDocument {
  override name = "DocumentHeld";
}
