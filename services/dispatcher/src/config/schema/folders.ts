// A supplier's `folders`: where purchase orders are put and answers are read, and what two suppliers may not share.
import { isAbsolute, join } from "node:path/posix";
import { z } from "zod";
import { duration, text, wholeNumber } from "./scalars.ts";
import { placeOf, type TransportSection } from "./transport.ts";

const absoluteFolder = text
  .refine(isAbsolute, "expected an absolute folder at the supplier, such as /IN")
  .transform((folder) => (folder === "/" ? folder : join(folder).replace(/\/$/, "")));

const temporary = z.union([
  z.strictObject({ suffix: text }).transform(({ suffix }) => ({ folder: null, prefix: "", suffix })),
  z.strictObject({ prefix: text }).transform(({ prefix }) => ({ folder: null, prefix, suffix: "" })),
  z
    .strictObject({ folder: absoluteFolder.describe("It must exist, and the server must move files from it to `path`.") })
    .transform(({ folder }) => ({ folder, prefix: "", suffix: "" })),
]);

const fileNamePattern = text
  .refine((one) => one.includes("{number}"), "expected {number}")
  .refine((one) => !one.includes("/"), "expected a file name, without a folder");

const orders = z
  .strictObject({
    path: absoluteFolder,
    name: fileNamePattern.describe(
      "{number}, {version}, {copy}. Characters outside letters, digits, dot, dash and underscore are encoded.",
    ),
    marker: fileNamePattern
      .optional()
      .describe(
        "A file of one line end, written when the purchase order has its name; the supplier reads when it is there. Placeholders as in `name`.",
      ),
    companions: z
      .array(
        z.strictObject({
          delivery_note: fileNamePattern.describe("A PDF for the parcel, without prices. Placeholders as in `name`."),
        }),
      )
      .max(1, "expected one delivery_note")
      .default([])
      .describe("Files that are put beside a purchase order before it has its name."),
    per_minute: wholeNumber(1, 10_000)
      .optional()
      .describe("Most files that are begun in a minute, for servers that bar who is faster. Default no limit."),
    commit: z
      .enum(["rename", "direct"])
      .default("rename")
      .describe(
        "direct: for servers that refuse renames. Uploaded under the final name, so that after any interruption nobody can know whether it came: a person, or the supplier's answer, settles it.",
      ),
    duplicates: z
      .enum(["never", "tolerated"])
      .default("never")
      .describe(
        "With commit: direct. tolerated: where it is not known whether it came, it is uploaded again, and may come twice.",
      ),
    temporary: temporary
      .prefault({ suffix: ".tmp" })
      .describe("What the supplier's reader ignores while the file is uploaded: a suffix, a prefix, or another folder."),
  })
  .refine((one) => one.commit === "direct" || one.duplicates === "never", {
    path: ["duplicates"],
    message: "only commit: direct leaves a doubt that it would settle; expected never",
  })
  .refine((one) => one.marker?.toLowerCase() !== one.name.toLowerCase(), {
    path: ["marker"],
    message: "expected another name than that of the purchase order",
  })
  .refine((one) => one.commit === "rename" || one.companions.length === 0, {
    path: ["companions"],
    message: "files beside the purchase order need commit: rename, so expected none with commit: direct",
  })
  .superRefine(({ name, marker, companions }, context) => {
    const others = [name, ...(marker === undefined ? [] : [marker])].map((one) => one.toLowerCase());
    for (const [index, { delivery_note: note }] of companions.entries()) {
      if (others.includes(note.toLowerCase())) {
        const path = ["companions", index, "delivery_note"];
        context.addIssue({
          code: "custom",
          path,
          message: "expected another name than those of the purchase order and its marker",
        });
      }
    }
  });

export const folders = z.strictObject({
  orders,
  acknowledgements: z
    .strictObject({
      path: absoluteFolder,
      match: text.default("*").describe("Glob of the file names to read."),
      after: z
        .enum(["archive", "delete", "keep"])
        .default("archive")
        .describe("archive: into the folder `archive` below; delete; keep: it stays, for folders that we may only read."),
      claim: z
        .enum(["rename", "none"])
        .optional()
        .describe(
          "rename: a file gets a name of ours before it is read, where the server allows it. Default rename, and none with after: keep.",
        ),
      minimum_age: duration()
        .optional()
        .describe("How long a file must look the same before it is read, for suppliers that write slowly. Default none."),
      every: duration().prefault("1m").describe("How often it is looked at."),
    })
    .refine((one) => one.after !== "keep" || one.claim !== "rename", {
      path: ["claim"],
      message: "a file that is kept is not renamed; expected none",
    })
    .optional(),
});

/** What is wrong between the folders of suppliers. `path` begins with the id of the later one. */
export function folderClashes(
  suppliers: readonly {
    readonly id: string;
    readonly transport: TransportSection;
    readonly folders: z.output<typeof folders>;
  }[],
): readonly { readonly path: readonly string[]; readonly message: string }[] {
  const places = suppliers.map(({ id, transport, folders: { orders, acknowledgements: answers } }) => {
    const at = (folder: string): string => placeOf(transport, folder);
    return {
      id,
      orders: { place: at(orders.path), names: namesIn(orders) },
      upload: orders.temporary.folder === null ? null : at(orders.temporary.folder),
      answers: answers && { place: at(answers.path), match: answers.match },
    };
  });
  const clashes: { readonly path: readonly string[]; readonly message: string }[] = [];
  for (const [index, { id, orders, upload, answers }] of places.entries()) {
    const temporary = [id, "folders", "orders", "temporary", "folder"];
    if (upload !== null) {
      for (const other of places) {
        if (upload === other.orders.place) {
          const whose = other.id === id ? "this supplier" : `the supplier ${other.id}`;
          clashes.push({
            path: temporary,
            message: `it is the folder that ${whose} reads its purchase orders from: expected another`,
          });
        }
      }
      // Temporary names are unique for one supplier alone.
      for (const other of places.slice(0, index).filter((place) => place.upload === upload)) {
        clashes.push({ path: temporary, message: `the supplier ${other.id} has the same server and temporary folder` });
      }
    }
    const match = [id, "folders", "acknowledgements", "match"];
    for (const other of places.slice(0, index)) {
      if (other.orders.place === orders.place) {
        clashes.push({
          path: [id, "folders", "orders", "path"],
          message: `the supplier ${other.id} has the same server and folder`,
        });
      }
      if (answers && other.answers?.place === answers.place && mayMatchTheSame(answers.match, other.answers.match)) {
        clashes.push({ path: match, message: `the supplier ${other.id} reads the same folder, and both may match one file` });
      }
    }
    // Else we would take our own purchase orders for answers, and put them away.
    const writers = places.filter((place) => place.orders.place === answers?.place || place.upload === answers?.place);
    for (const writer of writers) {
      if (answers && writer.orders.names.some((name) => mayMatchTheSame(answers.match, name))) {
        clashes.push({ path: match, message: "it may match the purchase orders that are written into the same folder" });
      }
    }
  }
  return clashes;
}

/** Globs of the names that a purchase order's file has there, from its upload on. */
function namesIn({ name, marker, companions, temporary }: z.output<typeof orders>): readonly string[] {
  const { folder, prefix, suffix } = temporary;
  return [name, ...(marker === undefined ? [] : [marker]), ...companions.map((one) => one.delivery_note)]
    .flatMap((one) => [one, `${prefix}${one}`, `${one}${suffix}`, ...(folder === null ? [] : [`${one}.*`])])
    .map((pattern) => pattern.replace(/\{.*\}/, "*"));
}

/** Whether one file name could match both globs: unless what stands before the first wildcard, or after the last, differs. */
function mayMatchTheSame(a: string, b: string): boolean {
  const ends = (glob: string): readonly [string, string] => {
    const parts = glob.toLowerCase().split(/[*?]/);
    return [parts[0] ?? "", parts.at(-1) ?? ""];
  };
  const [startA, endA] = ends(a);
  const [startB, endB] = ends(b);
  return (startA.startsWith(startB) || startB.startsWith(startA)) && (endA.endsWith(endB) || endB.endsWith(endA));
}
