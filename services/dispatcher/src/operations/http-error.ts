/** Ends a request with this status and sentence, as JSON under /api and as a page elsewhere. */
export class HttpError extends Error {
  override name = "HttpError";
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}
