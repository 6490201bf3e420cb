// What the kit says, in English and French: the supplier's engineer may read either.
import type { Span } from "../../domain/schedule/schedule.ts";
import type { HandlerConfig } from "../../config/load.ts";
import type { SuppliersFormat } from "../offline.ts";
import { answerForm, answerTable, unnamedLines } from "./own-answers.ts";
import { way } from "./way.ts";
import { workingTime } from "./working-time.ts";

type Supplier = HandlerConfig["suppliers"][number];

export interface KitFile {
  /** In the kit, such as samples/PO-1.xml. */
  readonly path: string;
  readonly en: string;
  readonly fr: string;
}

export interface KitTexts {
  readonly buyer: string;
  readonly supplier: Supplier;
  readonly format: SuppliersFormat;
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly samples: readonly KitFile[];
  readonly answers: readonly KitFile[];
  /** Kinds of order for which no document can be written. */
  readonly held: readonly { readonly en: string; readonly fr: string; readonly reason: string }[];
  /** The samples say in themselves that they are a test. */
  readonly marked: boolean;
}

const published: Readonly<Record<string, string>> = {
  "ubl-2.1": "OASIS UBL 2.1",
  "opentrans-2.1": "openTRANS 2.1",
  "cxml-1.2": "cXML 1.2",
  "order-x-basic": "Order-X 1.0 (BASIC)",
};

export function readme(kit: KitTexts): string {
  const { supplier, format } = kit;
  const { document, transport, orders } = supplier;
  const named = supplier.document.template?.mediaType ?? published[format.name] ?? format.name;
  return page([
    `# ${kit.buyer} → ${supplier.name}`,
    `Purchase orders by file · Commandes par fichier · ${kit.date}`,
    "## How it works · Fonctionnement",
    bullets([
      [
        `${supplier.batch === null ? "Each purchase order is one file" : `A file holds up to ${supplier.batch.most} purchase orders`}: ${named}, ${document.encoding}, lines end with ${document.newline.toUpperCase()}. The goods go straight to our customer.`,
        `${supplier.batch === null ? "Chaque commande est un fichier" : `Un fichier contient jusqu'à ${supplier.batch.most} commandes`} : ${named}, ${document.encoding}, fins de ligne ${document.newline.toUpperCase()}. La marchandise part directement chez notre client.`,
      ],
      way(transport),
      uploading(orders),
      [
        "A number stands for one purchase order. If a file with the same number and version comes again, we asked you before; it is not a second order.",
        "Un numéro désigne une seule commande. Si un fichier de mêmes numéro et version revient, nous vous l'avons demandé avant ; ce n'est pas une deuxième commande.",
      ],
      ...answering(supplier),
      ...toldAfterwards(supplier),
      ...workingTime(supplier.schedule),
    ]),
    "## Folders · Dossiers",
    table(
      ["folder · dossier", "files · fichiers", "English", "Français"],
      [
        [
          code(orders.folder),
          code(orders.name),
          "Our purchase orders: we write, you take them away",
          "Nos commandes : nous écrivons, vous enlevez",
        ],
        ...(supplier.acknowledgements === null ? [] : [answersRow(supplier.acknowledgements)]),
      ],
    ),
    ...(orders.deliveryNote === null
      ? []
      : [
          `\`${orders.deliveryNote}\`, the delivery note for the parcel, is there before the purchase order. · \`${orders.deliveryNote}\`, le bon de livraison à joindre au colis, est là avant la commande.`,
        ]),
    ...(orders.marker === null
      ? []
      : [
          `When \`${orders.name}\` is complete, \`${orders.marker}\` is written beside it: read only then, and take both away. · Quand \`${orders.name}\` est complet, \`${orders.marker}\` est écrit à côté : ne lisez qu'alors, et enlevez les deux.`,
        ]),
    ...(supplier.batch === null
      ? []
      : ["A file is named after the first purchase order in it. · Un fichier porte le nom de sa première commande."]),
    "`{number}` is the purchase order's number, `{version}` counts the versions of its content, `{copy}` how often it was sent. · `{number}` est le numéro de la commande, `{version}` compte les versions du contenu, `{copy}` les envois.",
    "## Samples · Exemples",
    kit.marked
      ? "All are marked as a test. · Tous sont marqués comme test."
      : "Nothing in them says that they are a test: delete them afterwards. · Rien n'y dit que ce sont des essais : supprimez-les ensuite.",
    table(
      ["file · fichier", "English", "Français"],
      kit.samples.map((file) => [code(file.path), file.en, file.fr]),
    ),
    ...(format.definition === null
      ? []
      : [
          `\`schema/${format.definition.name}\` defines every element. · \`schema/${format.definition.name}\` définit chaque élément.`,
        ]),
    ...(format.explanation === null
      ? []
      : ["[FORMAT.md](FORMAT.md) says where each field stands. · [FORMAT.md](FORMAT.md) dit où se trouve chaque champ."]),
    ...(kit.answers.length === 0
      ? []
      : [
          "## Answers that we read · Réponses que nous lisons",
          table(
            ["file · fichier", "English", "Français"],
            kit.answers.map((file) => [code(file.path), file.en, file.fr]),
          ),
        ]),
    ...(supplier.acknowledgements === null || supplier.document.answers === null
      ? []
      : [
          `## What an answer says · Ce que dit une réponse`,
          answerForm(supplier.document.answers),
          table(["", "English", "Français"], answerTable(supplier.document.answers)),
          ...unnamedLines(supplier.document.answers),
        ]),
    "## Not supported · Non pris en charge",
    bullets([...cannotSay(kit), ...limitsOf(kit)]),
    "The steps of our test: [TEST-PLAN.md](TEST-PLAN.md) · Les étapes de notre essai : [TEST-PLAN.md](TEST-PLAN.md)",
  ]);
}

export function testPlan(kit: KitTexts): string {
  const { supplier, format } = kit;
  const steps: (readonly [string, string])[] = [
    [
      "User and password work; the folders above exist and may be written.",
      "Identifiant et mot de passe fonctionnent ; les dossiers existent et sont accessibles en écriture.",
    ],
    [
      `We upload the first sample. You see it coming, and do not read it before it is complete: ${uploading(supplier.orders)[0]}`,
      `Nous déposons le premier exemple. Vous le voyez arriver, et ne le lisez pas avant qu'il soit complet : ${uploading(supplier.orders)[1]}`,
    ],
    [
      "Your system reads it: number, address, telephone, article and quantity are right.",
      "Votre système le lit : numéro, adresse, téléphone, article et quantité sont justes.",
    ],
    [
      "The same for every other sample; accents and special characters are right.",
      "De même pour tous les autres exemples ; accents et caractères spéciaux sont justes.",
    ],
    [
      "The first sample once more, under the same number: your system makes no second order of it.",
      "Le premier exemple encore une fois, sous le même numéro : votre système n'en fait pas une deuxième commande.",
    ],
    ...(["replacement", "change", "cancellation"] as const)
      .filter((purpose) => format.says[purpose])
      .map((purpose): readonly [string, string] => [
        `The sample ${purpose}: your system does what it says, or tells a person.`,
        `L'exemple « ${purpose} » : votre système fait ce qu'il dit, ou avertit une personne.`,
      ]),
    ...(supplier.acknowledgements === null
      ? []
      : [
          [
            `You send us an answer to the second sample by e-mail; we tell you what we read in it (\`soh suppliers read-answer FILE --supplier ${supplier.id}\`).`,
            `Vous nous envoyez une réponse au deuxième exemple par courriel ; nous vous disons ce que nous y lisons (\`soh suppliers read-answer FILE --supplier ${supplier.id}\`).`,
          ] as const,
          [
            `You put an answer to the second sample into \`${supplier.acknowledgements.folder}\`; we confirm that we read it.`,
            `Vous déposez une réponse au deuxième exemple dans \`${supplier.acknowledgements.folder}\` ; nous confirmons l'avoir lue.`,
          ] as const,
        ]),
    ["You delete what the test made.", "Vous supprimez ce que l'essai a créé."],
    ["A first real purchase order, watched by both.", "Une première vraie commande, suivie des deux côtés."],
  ];
  return page([
    `# Test plan · Plan d'essai: ${kit.buyer} → ${supplier.name}`,
    table(
      ["", "English", "Français", kit.buyer, supplier.name],
      steps.map(([en, fr], index) => [String(index + 1), en, fr, "☐", "☐"]),
    ),
  ]);
}

function answering({ expectations }: Supplier): (readonly [string, string])[] {
  if (expectations.length === 0) {
    return [["We expect no answer by file.", "Nous n'attendons pas de réponse par fichier."]];
  }
  return expectations.map(({ expect, within }) => {
    const [english, french] = spans(within);
    if (expect === "pickup") {
      return [
        `Within ${english} you take the file out of the folder; after that a person asks you.`,
        `Sous ${french} vous retirez le fichier du dossier ; passé ce délai une personne vous appelle.`,
      ];
    }
    return expect === "received"
      ? [
          `Within ${english} you answer by file that you received it; after that a person asks you.`,
          `Sous ${french} vous répondez par fichier que vous l'avez reçue ; passé ce délai une personne vous appelle.`,
        ]
      : [
          `Within ${english} you answer by file that you accept, change or reject it; after that a person asks you.`,
          `Sous ${french} vous répondez par fichier que vous l'acceptez, la modifiez ou la refusez ; passé ce délai une personne vous appelle.`,
        ];
  });
}

function toldAfterwards({ cancel, document, acknowledgements }: Supplier): (readonly [string, string])[] {
  if (cancel === null || document.template?.purposes.includes("cancellation") === false) {
    return [];
  }
  const [english, french] = cancel.answerWithin === null ? ["", ""] : spans(cancel.answerWithin);
  const [within, sous] = english === "" ? ["", ""] : [`Within ${english} `, `Sous ${french} `];
  const answer: readonly [string, string] =
    acknowledgements === null
      ? [
          `${within === "" ? "A" : "a"} person asks you whether it is in time`,
          `${sous === "" ? "U" : "u"}ne personne vous demande si c'est à temps`,
        ]
      : [
          `${within === "" ? "Y" : "y"}ou answer by file with its version: accepted, and you do not ship; or rejected, which means that it is too late`,
          `${sous === "" ? "V" : "v"}ous répondez par fichier avec sa version : acceptée, vous n'expédiez pas ; ou refusée, c'est-à-dire trop tard`,
        ];
  return [
    [
      `When our customer cancels, you get a file with the same number and the next version. ${within}${answer[0]}.`,
      `Quand notre client annule, vous recevez un fichier de même numéro et de version suivante. ${sous}${answer[1]}.`,
    ],
  ];
}

function spans(span: Span): readonly [string, string] {
  if (span.kind === "working-days") {
    return [`${span.days} working days`, `${span.days} jours ouvrés`];
  }
  const hours = Math.round(span.ms / 360_000) / 10;
  return span.kind === "time" ? [`${hours} h`, `${hours} h`] : [`${hours} working hours`, `${hours} heures ouvrées`];
}

function answersRow(answers: NonNullable<Supplier["acknowledgements"]>): readonly string[] {
  const [en, fr] =
    answers.after === "delete"
      ? ["we delete what we read", "nous supprimons après lecture"]
      : answers.after === "keep"
        ? ["we read and leave them; you remove them", "nous lisons et les laissons ; vous les enlevez"]
        : [
            `we move what we read to \`${join(answers.folder, "archive")}\``,
            `nous déplaçons après lecture vers \`${join(answers.folder, "archive")}\``,
          ];
  return [code(answers.folder), code(answers.match), `Your answers: you write, ${en}`, `Vos réponses : vous écrivez, ${fr}`];
}

function cannotSay({ supplier, format: { name, says } }: KitTexts): (readonly [string, string])[] {
  const own = supplier.document.template !== null;
  const french = { replacement: "un remplacement", change: "une modification", cancellation: "une annulation" };
  const lacking = (["replacement", "change", "cancellation"] as const).filter((purpose) => !says[purpose]);
  return lacking.map((purpose) => [
    `A ${purpose} by file: ${own ? "our files have" : `${name} has`} none, so a person tells you.`,
    `Par fichier, ${french[purpose]} : ${own ? "notre fichier" : name} ne le permet pas, une personne vous prévient.`,
  ]);
}

function limitsOf({ held, supplier }: KitTexts): (readonly [string, string])[] {
  return [
    ...held.map(({ en, fr, reason }): readonly [string, string] => [
      `${en}: such a purchase order is not sent before a person mended it (${reason}).`,
      `${fr} : une telle commande n'est pas envoyée avant correction par une personne (${reason}).`,
    ]),
    [
      supplier.acknowledgements === null
        ? "Answers by file."
        : "Answers in any other folder or format: we do not see them, or a person has to look.",
      supplier.acknowledgements === null
        ? "Les réponses par fichier."
        : "Les réponses dans un autre dossier ou format : nous ne les voyons pas, ou une personne doit les traiter.",
    ],
    ["Compressed, signed or encrypted files.", "Les fichiers compressés, signés ou chiffrés."],
  ];
}

/** How they know that a file is complete. */
function uploading(orders: Supplier["orders"]): readonly [string, string] {
  if (orders.commit === "rename") {
    return [
      `While it is uploaded its name is temporary (\`${temporary(orders)}\`); when it is complete it gets its final name. Read only files with a final name.`,
      `Pendant le dépôt son nom est provisoire (\`${temporary(orders)}\`) ; une fois complet, il reçoit son nom définitif. Ne lisez que les fichiers au nom définitif.`,
    ];
  }
  return orders.marker === null
    ? [
        "It is uploaded under its final name. Read it when its size has not changed for a minute.",
        "Il est déposé sous son nom définitif. Lisez-le quand sa taille n'a pas changé depuis une minute.",
      ]
    : [
        `It is uploaded under its final name; it is complete when \`${orders.marker}\` is there.`,
        `Il est déposé sous son nom définitif ; il est complet quand \`${orders.marker}\` est là.`,
      ];
}

const temporary = ({ name, temporary: { folder, prefix, suffix } }: Supplier["orders"]): string =>
  `${folder === null ? "" : `${folder}/`}${prefix}${name}${suffix}`;

const join = (folder: string, name: string): string => (folder.endsWith("/") ? `${folder}${name}` : `${folder}/${name}`);

const code = (text: string): string => `\`${text}\``;

const page = (parts: readonly string[]): string => `${parts.join("\n\n")}\n`;

const bullets = (pairs: readonly (readonly [string, string])[]): string =>
  pairs.map(([en, fr]) => `- ${en}\n  _${fr}_`).join("\n");

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows]
    .map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");
