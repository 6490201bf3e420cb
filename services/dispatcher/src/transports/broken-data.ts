// A server that refuses a transfer breaks its data connection and says why on the other one. basic-ftp sends its TLS greeting
// on the data connection before it is asked for anything; ProFTPD closes with that unread, so a reset may come before the
// reply (550 No such file), and basic-ftp would close the session without ever reading it.
import type { Socket } from "node:net";
import type { Client } from "basic-ftp";

/** Milliseconds that the reply has after the data connection broke. */
const REPLY_MS = 1_000;

/**
 * From now on a data connection that breaks before its transfer has begun ends the session only if no reply ends the transfer.
 * One that breaks later ends both at once, as ever: its reply would be taken for the next command's.
 */
export function hearReplyAfterBrokenData({ ftp }: Client): void {
  const close = ftp.closeWithError.bind(ftp);
  ftp.closeWithError = (error) => {
    const data = ftp.dataSocket;
    if (data === undefined || isTimeout(error) || hasBegun(data)) {
      close(error);
      return;
    }
    setTimeout(() => {
      // A reply that refuses the transfer takes the data connection away from the session.
      if (ftp.dataSocket === data) {
        close(error);
      }
    }, REPLY_MS);
  };
}

/** The file's stream listens to its errors as well. basic-ftp's own listener is gone when it tells of one. */
const hasBegun = (data: Socket): boolean => !data.destroyed || data.listenerCount("error") > 0;

/** A silent one has been waited for long enough. */
const isTimeout = ({ message }: Error): boolean => message.startsWith("Timeout");
