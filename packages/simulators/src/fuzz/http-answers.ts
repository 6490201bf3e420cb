// Reading HTTP/1.1 answers from what a connection brings, whole or in pieces. https://www.rfc-editor.org/rfc/rfc9112
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

export interface AnswerReader {
  /** The answers that are whole by now. `head`: the next one answers a HEAD, and has no body. */
  push(chunk: Buffer, head?: boolean): HttpAnswer[];
  /** The connection is closed: an answer without a length ends here. */
  end(): HttpAnswer[];
}

/** Throws Error when it is no HTTP: a broken server. */
export function createAnswerReader(): AnswerReader {
  let rest: Buffer = Buffer.alloc(0);

  const next = (isHead: boolean, closed: boolean): HttpAnswer | undefined => {
    const end = rest.indexOf("\r\n\r\n");
    if (end < 0) {
      return undefined;
    }
    const [first = "", ...lines] = rest.subarray(0, end).toString("latin1").split("\r\n");
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1]);
    if (Number.isNaN(status)) {
      throw new Error(`no HTTP answer: ${JSON.stringify(first.slice(0, 100))}`);
    }
    const headers = new Map(lines.map((line) => [line.split(":", 1)[0]?.toLowerCase() ?? "", line.replace(/^[^:]*:\s*/, "")]));
    const body = bodyAt({ from: end + 4, headers, none: isHead || status < 200 || status === 204 || status === 304, closed });
    if (body === undefined) {
      return undefined;
    }
    rest = rest.subarray(body.to);
    return { status, body: body.text };
  };

  const bodyAt = (input: {
    readonly from: number;
    readonly headers: ReadonlyMap<string, string>;
    readonly none: boolean;
    readonly closed: boolean;
  }): { readonly text: string; readonly to: number } | undefined => {
    const { from, headers, none, closed } = input;
    if (none) {
      return { text: "", to: from };
    }
    if (headers.get("transfer-encoding") === "chunked") {
      const end = rest.indexOf("0\r\n\r\n", from);
      return end < 0 ? undefined : { text: rest.subarray(from, end).toString(), to: end + 5 };
    }
    const length = Number(headers.get("content-length") ?? (closed ? rest.length - from : Number.NaN));
    return rest.length >= from + length ? { text: rest.subarray(from, from + length).toString(), to: from + length } : undefined;
  };

  const all = (isHead: boolean, closed: boolean): HttpAnswer[] => {
    const answers: HttpAnswer[] = [];
    for (let answer = next(isHead, closed); answer !== undefined; answer = next(isHead, closed)) {
      // 100 Continue is no answer yet.
      if (answer.status >= 200) {
        answers.push(answer);
      }
    }
    return answers;
  };

  return {
    push(chunk, isHead = false) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      return all(isHead, false);
    },
    end: () => all(false, true),
  };
}
