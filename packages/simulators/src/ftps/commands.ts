// The table of FTP commands (RFC 959, 2228, 2428, 3659, 4217). Replies are worded as vsftpd's where it has one.
import type { Answer, Conversation } from "./conversation.ts";
import * as files from "./files.ts";

interface Command {
  readonly needs: "nothing" | "encryption" | "login";
  /** Its argument is a path. */
  readonly path?: true;
  run(session: Conversation, argument: string): Answer | Promise<Answer>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  AUTH: { needs: "nothing", run: encrypt },
  USER: { needs: "encryption", run: nameUser },
  PASS: { needs: "encryption", run: login },
  PBSZ: { needs: "encryption", run: () => ({ code: 200, text: "PBSZ set to 0." }) },
  PROT: { needs: "encryption", run: protect },
  FEAT: { needs: "nothing", run: features },
  OPTS: { needs: "nothing", run: (_, argument) => only(/^(UTF8 ON|MLST\b.*)$/i, argument, "Always so.") },
  QUIT: { needs: "nothing", run: () => ({ code: 221, text: "Goodbye.", next: "quit" }) },

  TYPE: { needs: "login", run: setType },
  STRU: { needs: "login", run: (_, argument) => only(/^F$/i, argument, "Structure set to F.") },
  MODE: { needs: "login", run: (_, argument) => only(/^S$/i, argument, "Mode set to S.") },
  SYST: { needs: "login", run: () => ({ code: 215, text: "UNIX Type: L8" }) },
  NOOP: { needs: "login", run: () => ({ code: 200, text: "NOOP ok." }) },

  EPSV: { needs: "login", run: passiveExtended },
  PASV: { needs: "login", run: passive },
  STOR: { needs: "login", path: true, run: files.store },
  RETR: { needs: "login", path: true, run: files.retrieve },
  LIST: { needs: "login", path: true, run: (session, argument) => files.list(session, argument, "LIST") },
  NLST: { needs: "login", path: true, run: (session, argument) => files.list(session, argument, "NLST") },
  MLSD: { needs: "login", path: true, run: (session, argument) => files.list(session, argument, "MLSD") },
  // The session has closed the data connection by the time this is run, so the transfer's own reply came first.
  ABOR: { needs: "login", run: () => ({ code: 226, text: "No transfer to abort." }) },

  MLST: { needs: "login", path: true, run: files.facts },
  SIZE: { needs: "login", path: true, run: files.size },
  MDTM: { needs: "login", path: true, run: files.modificationTime },
  RNFR: { needs: "login", path: true, run: renameFrom },
  RNTO: { needs: "login", path: true, run: files.rename },
  DELE: { needs: "login", path: true, run: files.remove },
  MKD: { needs: "login", path: true, run: files.makeFolder },
  RMD: { needs: "login", path: true, run: files.removeFolder },
  CWD: { needs: "login", path: true, run: files.enter },
  CDUP: { needs: "login", run: (session) => files.enter(session, "..") },
  PWD: {
    needs: "login",
    run: (session) => ({ code: 257, text: `${files.quoted(session.workingDirectory)} is the current directory` }),
  },
};

const LISTS_FACTS: readonly string[] = ["MLSD", "MLST"];

/** The path that a command is about, absolute; undefined when it is about none. */
export function pathOf(session: Conversation, verb: string, argument: string): string | undefined {
  const path = verb === "LIST" || verb === "NLST" ? files.withoutFlags(argument) : argument;
  return commandOf(session, verb)?.path ? session.folder.resolve(session.workingDirectory, path) : undefined;
}

/** Executes a command. Throws only on a bug or a disk that fails. */
export async function execute(session: Conversation, verb: string, argument: string): Promise<Answer> {
  const command = commandOf(session, verb);
  if (!command) {
    return { code: 500, text: "Unknown command." };
  }
  if (command.needs !== "nothing" && !session.encrypted) {
    return { code: 530, text: "Sessions must use encryption: AUTH TLS first." };
  }
  if (command.needs === "login" && !session.loggedIn) {
    return { code: 530, text: "Please login with USER and PASS." };
  }
  if (verb !== "RNTO") {
    session.renameFrom = undefined;
  }
  return await command.run(session, argument);
}

function commandOf(session: Conversation, verb: string): Command | undefined {
  const known = Object.hasOwn(COMMANDS, verb) && (session.settings.mlsd || !LISTS_FACTS.includes(verb));
  return known ? COMMANDS[verb] : undefined;
}

function encrypt(session: Conversation, argument: string): Answer {
  if (session.settings.encryption === "none") {
    return { code: 502, text: "Command not implemented." };
  }
  if (session.encrypted) {
    return { code: 503, text: "Already encrypted." };
  }
  return /^(TLS(-C)?|SSL)$/i.test(argument)
    ? { code: 234, text: "Proceed with negotiation.", next: "encrypt" }
    : { code: 504, text: "Unknown AUTH type." };
}

function nameUser(session: Conversation, argument: string): Answer {
  session.user = argument;
  session.loggedIn = false;
  return { code: 331, text: "Please specify the password." };
}

function login(session: Conversation, argument: string): Answer {
  if (session.user === undefined) {
    return { code: 503, text: "Login with USER first." };
  }
  session.loggedIn = session.user === session.settings.user && argument === session.settings.password;
  return session.loggedIn ? { code: 230, text: "Login successful." } : { code: 530, text: "Login incorrect." };
}

function protect(session: Conversation, argument: string): Answer {
  if (!/^[CP]$/i.test(argument)) {
    return { code: 536, text: "PROT not supported." };
  }
  session.protectedData = argument.toUpperCase() === "P";
  return { code: 200, text: `PROT now ${session.protectedData ? "Private" : "Clear"}.` };
}

function features({ settings }: Conversation): Answer {
  const plain = ["EPSV", "MDTM", "PASV", "SIZE", ...(settings.encoding === "utf8" ? ["UTF8"] : [])];
  const known = settings.encryption === "none" ? plain : ["AUTH TLS", "PBSZ", "PROT", ...plain];
  const names = settings.mlsd ? [...known, "MLST type*;size*;modify*;"] : known;
  return { code: 211, text: "Features:", lines: names.map((name) => ` ${name}`) };
}

function setType(session: Conversation, argument: string): Answer {
  if (!/^([AI]( N)?|L 8)$/i.test(argument)) {
    return { code: 504, text: "Unrecognised TYPE." };
  }
  session.binary = !/^A/i.test(argument);
  return { code: 200, text: `Switching to ${session.binary ? "Binary" : "ASCII"} mode.` };
}

async function passiveExtended(session: Conversation, argument: string): Promise<Answer> {
  if (/^ALL$/i.test(argument)) {
    return { code: 200, text: "EPSV ALL ok." };
  }
  const { port } = await session.openDoor();
  return { code: 229, text: `Entering Extended Passive Mode (|||${port}|)` };
}

async function passive(session: Conversation): Promise<Answer> {
  const { host, port } = await session.openDoor();
  return { code: 227, text: `Entering Passive Mode (${host.replaceAll(".", ",")},${port >> 8},${port & 255}).` };
}

function renameFrom(session: Conversation, argument: string): Answer {
  const path = session.folder.resolve(session.workingDirectory, argument);
  if (!session.folder.look(path)) {
    return { code: 550, text: "RNFR command failed." };
  }
  session.renameFrom = path;
  return { code: 350, text: "Ready for RNTO." };
}

function only(known: RegExp, argument: string, text: string): Answer {
  return known.test(argument) ? { code: 200, text } : { code: 504, text: "Not supported." };
}
