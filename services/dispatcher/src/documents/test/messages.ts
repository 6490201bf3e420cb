// What a file that must be readable says: for tests of what is in it.
import type { Acknowledgement } from "../../domain/answers/acknowledgement.ts";
import type { DespatchAdvice } from "../../domain/answers/despatch.ts";
import type { Message } from "../../domain/answers/message.ts";
import type { Language } from "../language.ts";

/** Throws the reason where it cannot be read. */
export function messageIn(language: Language, bytes: Uint8Array): Message {
  const read = language.read(bytes);
  if (!read.ok) {
    throw new Error(read.reason);
  }
  return read.message;
}

export function acknowledgementIn(language: Language, bytes: Uint8Array): Acknowledgement {
  const message = messageIn(language, bytes);
  if (message.kind !== "acknowledgement") {
    throw new Error(`it is a ${message.kind}`);
  }
  return message.acknowledgement;
}

export function despatchAdviceIn(language: Language, bytes: Uint8Array): DespatchAdvice {
  const message = messageIn(language, bytes);
  if (message.kind !== "despatch-advice") {
    throw new Error(`it is a ${message.kind}`);
  }
  return message.despatchAdvice;
}
