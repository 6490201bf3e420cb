// Who may log in, and how they must prove it.
import type { AuthContext, AuthenticationType, Connection } from "ssh2";
import ssh2 from "ssh2";

export interface SftpLogin {
  readonly user: string;
  readonly password?: string;
  /** The password is asked for in a prompt, as where PAM decides. False unless given. */
  readonly prompt?: boolean;
  /** As it stands in authorized_keys. */
  readonly publicKey?: string;
}

export function acceptLogin(client: Connection, login: SftpLogin): void {
  const methods: AuthenticationType[] = [
    ...(login.publicKey === undefined ? [] : (["publickey"] as const)),
    ...(login.password === undefined ? [] : ([login.prompt ? "keyboard-interactive" : "password"] as const)),
  ];
  client.on("authentication", (context) => {
    const decide = (good: boolean): void => {
      if (good && context.username === login.user) {
        context.accept();
      } else {
        context.reject(methods);
      }
    };
    if (!methods.includes(context.method)) {
      decide(false);
    } else if (context.method === "keyboard-interactive") {
      context.prompt([{ prompt: "Password: ", echo: false }], (answers) => decide(answers[0] === login.password));
    } else {
      decide(isGood(context, login));
    }
  });
}

function isGood(context: AuthContext, login: SftpLogin): boolean {
  if (context.method === "password") {
    return context.password === login.password;
  }
  if (context.method !== "publickey" || login.publicKey === undefined) {
    return false;
  }
  const allowed = ssh2.utils.parseKey(login.publicKey);
  if (allowed instanceof Error) {
    throw allowed;
  }
  const offered = context.key;
  const isSame = offered.algo === allowed.type && offered.data.equals(allowed.getPublicSSH());
  // Without a signature it is the question whether this key would do.
  const { blob, signature, hashAlgo } = context;
  const proven = blob === undefined || signature === undefined || allowed.verify(blob, signature, hashAlgo);
  return isSame && proven;
}
