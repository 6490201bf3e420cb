// Receiving files that may end the process: each is counted before it is read, and one that did so three times is set aside.
import { createHash } from "node:crypto";
import { MOST_CRASHES, type UnendedWork } from "../database/unended.ts";
import type { AcknowledgementInbox } from "./acknowledgements.ts";

export function createGuardedInbox(options: {
  readonly inbox: AcknowledgementInbox;
  readonly unended: UnendedWork;
}): AcknowledgementInbox {
  const { inbox, unended } = options;
  return {
    quarantine: inbox.quarantine,
    async receive(file) {
      const key = `file ${file.supplier} ${createHash("sha256").update(file.bytes).digest("hex")}`;
      const crashes = await unended.start(key);
      try {
        if (crashes >= MOST_CRASHES) {
          const reason = `reading it ended the process ${crashes} times: it is not read again until a person does`;
          await inbox.quarantine(file, reason);
          await unended.end(key);
          return { kind: "quarantined", reason };
        }
        const received = await inbox.receive(file);
        await unended.end(key);
        return received;
      } catch (error) {
        await unended.takeBack(key);
        throw error;
      }
    },
  };
}
