// Where the story is shown. In a terminal the lines roll by in colours above a footer of two lines that alone is drawn
// again; elsewhere they are plain text; with --json only the notices are printed, on stderr.
import { clip, wrap, type Line, type Tone } from "./story.ts";

export interface Screen {
  /** Something about the demo itself. */
  notice(text: string): void;
  /** An event of the story. */
  line(line: Line): void;
  /** What stands below everything, in a terminal only. */
  footer(lines: readonly string[]): void;
  /** Removes the footer and gives the terminal back. */
  close(): void;
}

/** The part of a stream that a screen needs. */
export interface Output {
  write(text: string): unknown;
  readonly columns?: number | undefined;
}

const CSI = "\u001B[";
const RESET = `${CSI}0m`;
const DIM = `${CSI}2m`;
const HIDE_CURSOR = `${CSI}?25l`;
const SHOW_CURSOR = `${CSI}?25h`;
const COLOURS: Readonly<Record<Tone, string>> = {
  in: `${CSI}36m`,
  out: `${CSI}34m`,
  good: `${CSI}32m`,
  wait: `${CSI}33m`,
  bad: `${CSI}31m`,
  quiet: DIM,
};

/** Columns of time, word and name, with what is between them. */
const TEXT_AT = 30;
/** A line that is not cut gives the customer this much. */
const WHO_AT_MOST = 34;
const WHO_AT_LEAST = 10;
/** What must be left for the text beside the customer. */
const TEXT_AT_LEAST = 23;
const FALLBACK_COLUMNS = 80;

export function terminalScreen(output: Output, { colours }: { readonly colours: boolean }): Screen {
  let shown: readonly string[] = [];
  let hidden = false;
  const width = (): number => (output.columns || FALLBACK_COLUMNS) - 1;
  const erase = (): string => (shown.length === 0 ? "" : `\r${shown.length > 1 ? `${CSI}${shown.length - 1}A` : ""}${CSI}J`);
  const draw = (lines: readonly string[]): string =>
    lines.map((text) => (colours ? `${DIM}${clip(text, width())}${RESET}` : clip(text, width()))).join("\n");
  /** In one write: nothing half drawn is ever seen. */
  const above = (text: string): void => void output.write(`${erase()}${text}\n${draw(shown)}`);

  return {
    notice: above,
    line: (line) => above(formatLine(line, { width: width(), colours })),
    footer(lines) {
      if (lines.length !== shown.length || lines.some((text, index) => text !== shown[index])) {
        output.write(`${hidden ? "" : HIDE_CURSOR}${erase()}${draw(lines)}`);
        hidden = true;
        shown = lines;
      }
    },
    close() {
      output.write(`${erase()}${hidden ? SHOW_CURSOR : ""}`);
      hidden = false;
      shown = [];
    },
  };
}

/** For a file or a pipe. */
export function plainScreen(output: Output): Screen {
  return {
    notice: (text) => void output.write(`${text}\n`),
    line: (line) => void output.write(`${formatLine(line, { width: undefined, colours: false })}\n`),
    footer: () => {},
    close: () => {},
  };
}

/** Notices alone. */
export function quietScreen(output: Output): Screen {
  return { ...plainScreen(output), line: () => {} };
}

/** Without a width nothing is cut. With one, only what is bad news goes on in further lines: it says what to do. */
export function formatLine(line: Line, how: { readonly width: number | undefined; readonly colours: boolean }): string {
  const { word, tone, name, who } = line;
  const room = how.width === undefined ? Infinity : how.width - TEXT_AT;
  const forWho = Math.min(WHO_AT_MOST, Math.max(WHO_AT_LEAST, room - TEXT_AT_LEAST - 1));
  const text = `${who === undefined ? "" : `${clip(who, forWho).padEnd(forWho)} `}${line.text}`;
  const [first = "", ...others] = tone === "bad" ? wrap(text, room) : [clip(text, room)];
  const head = `${name.padEnd(9)} ${first}`.trimEnd();
  const tail = others.map((more) => `\n${" ".repeat(TEXT_AT)}${more}`).join("");
  const [time, event] = [clock(line.at), word.padEnd(8)];
  return how.colours
    ? `${DIM}${time}${RESET}  ${COLOURS[tone]}${event}${RESET}  ${tone === "quiet" ? `${DIM}${head}${RESET}` : head}${tail}`
    : `${time}  ${event}  ${head}${tail}`;
}

/** Local time. */
function clock(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}
