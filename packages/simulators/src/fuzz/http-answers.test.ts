import { expect, test } from "vitest";
import { createAnswerReader } from "./http-answers.ts";

const ANSWER = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

test("answers are read in whatever pieces they come, one after the other", () => {
  const reader = createAnswerReader();
  const answers = [...`HTTP/1.1 100 Continue\r\n\r\n${ANSWER}HTTP/1.1 401 No\r\nContent-Length: 3\r\n\r\nabc`].flatMap((byte) =>
    reader.push(Buffer.from(byte)),
  );
  expect(answers).toEqual([
    { status: 200, body: "{}" },
    { status: 401, body: "abc" },
  ]);
});

test("an answer without a length ends with its connection; one to HEAD has no body", () => {
  const reader = createAnswerReader();
  expect(reader.push(Buffer.from(ANSWER.slice(0, -2)), true)).toEqual([{ status: 200, body: "" }]);
  expect(reader.push(Buffer.from("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\nno"))).toEqual([]);
  expect(reader.end()).toEqual([{ status: 400, body: "no" }]);
});

test("a body in chunks is read to its last chunk", () => {
  const reader = createAnswerReader();
  expect(reader.push(Buffer.from("HTTP/1.1 400 No\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n"))).toEqual([]);
  expect(reader.push(Buffer.from("0\r\n\r\n"))).toEqual([{ status: 400, body: "2\r\n{}\r\n" }]);
});

test("what is no HTTP is an error", () => {
  expect(() => createAnswerReader().push(Buffer.from("SSH-2.0\r\n\r\n"))).toThrow("no HTTP answer");
});
