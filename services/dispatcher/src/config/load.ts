import { basename, extname } from "node:path";
import { ConfigError, openConfig, type ConfigProblem } from "@soh/shared/config";
import type { Lookup } from "@soh/shared/environment";
import type { CataloguePolicy } from "../domain/catalogue/catalogue.ts";
import type { Buyer } from "../domain/supplier/party.ts";
import type { Expectation } from "../domain/answers/expectation.ts";
import type { DispatchPolicy } from "../domain/plan/plan.ts";
import type { BreakerSchedule, RetrySchedule } from "../domain/delivery/retry.ts";
import type { Schedule, Span } from "../domain/schedule/schedule.ts";
import type { DocumentSettings } from "../domain/purchase-order/document.ts";
import { ruleWarnings } from "../domain/rules/rule-check.ts";
import type { Supplier, Wishes } from "../domain/supplier/supplier.ts";
import { openCalendar, type CalendarSettings } from "./calendars.ts";
import { explain } from "./explain.ts";
import { createNamedFiles, type NamedFiles } from "./named-files.ts";
import { readSections } from "./read-sections.ts";
import { sections } from "./schema/schema.ts";
import { suppliersWith, type SupplierSection } from "./schema/suppliers.ts";
import { insecurity, transportSettings, type TransportSettings } from "./transport-settings.ts";

/** A supplier with everything around the domain: where its files go and how. */
export interface ConfiguredSupplier extends Supplier {
  readonly document: DocumentSettings;
  readonly transport: TransportSettings;
  readonly orders: {
    readonly folder: string;
    readonly name: string;
    readonly marker: string | null;
    /** The name of the PDF that is placed before the purchase order; null: none is. */
    readonly deliveryNote: string | null;
    readonly perMinute: number | null;
    readonly commit: "rename" | "direct";
    readonly duplicates: "never" | "tolerated";
    /** `folder`: it is uploaded there, under its name and the attempt's number. */
    readonly temporary: { readonly folder: string | null; readonly prefix: string; readonly suffix: string };
  };
  readonly acknowledgements: {
    readonly folder: string;
    readonly match: string;
    readonly after: "archive" | "delete" | "keep";
    readonly claim: boolean;
    readonly minimumAgeMs: number;
    readonly everyMs: number;
  } | null;
  readonly expectations: readonly Expectation[];
  /** Whether it is told of cancellations and changes by documents; null: a person tells it. */
  readonly cancel: { readonly answerWithin: Span | null } | null;
  readonly schedule: ScheduleSettings;
  /** Several purchase orders in one file; null: each has its own. */
  readonly batch: { readonly most: number } | null;
  readonly retry: RetrySchedule;
  readonly breaker: BreakerSchedule;
}

/** A schedule as data; `openSchedule` makes it one to compute with. */
export interface ScheduleSettings extends Omit<Schedule, "calendar"> {
  readonly calendar: CalendarSettings | null;
}

export const openSchedule = ({ calendar, ...rest }: ScheduleSettings): Schedule => ({
  ...rest,
  calendar: calendar === null ? null : openCalendar(calendar),
});

/** The whole configuration of a dispatcher. It can be logged: secrets in it show as "[secret]". */
export interface HandlerConfig {
  readonly shops: readonly string[];
  readonly buyer: Buyer;
  readonly policy: DispatchPolicy;
  readonly suppliers: readonly ConfiguredSupplier[];
  /** What works, and may not do what was meant; in the order of the file. */
  readonly warnings: readonly ConfigProblem[];
  /** The environment's variables that suppliers' values come from, by their keys, such as suppliers.agriest.transport.user. */
  readonly variables: Readonly<Record<string, readonly string[]>>;
}

/** What is wrong with a supplier's templates and schemas, or may not do what was meant, each by its key within `document`. */
export type DocumentCheck = (
  settings: DocumentSettings,
) => readonly { readonly key: readonly string[]; readonly message: string; readonly warning?: true }[];

/**
 * Throws ConfigError with every problem found, each with its line and column. What templates and schemas say is found by
 * `check`, without which they are only read.
 */
export function loadConfig(file: string, lookup: Lookup, check: DocumentCheck = () => []): HandlerConfig {
  const opened = openConfig(file, lookup);
  const read = readSections(opened, sections);
  opened.read({ suppliers: suppliersWith(read.calendars) }, explain);
  const problems: ConfigProblem[] = [];
  const documentWarnings: ConfigProblem[] = [];
  const complain = (path: readonly string[], message: string): void => {
    problems.push({ ...opened.position(path), path: path.join("."), message });
  };
  const suppliers = Object.entries(read.suppliers).map(([id, section]) => {
    const files = createNamedFiles(file, (path, message) => complain(["suppliers", id, ...path], message));
    const supplier = configuredSupplier({ id, section, files, calendars: read.calendars });
    if (!files.failed()) {
      for (const { key, message, warning = false } of check(supplier.document)) {
        const path = ["suppliers", id, "document", ...key];
        (warning ? documentWarnings : problems).push({ ...opened.position(path), path: path.join("."), message });
      }
    }
    return supplier;
  });
  if (problems.length > 0) {
    throw new ConfigError(file, problems);
  }
  const warnings = [
    ...ruleWarnings(suppliers, read.dispatch.sourcing).map(({ supplier, rule, message }) => ({
      ...opened.position(["suppliers", supplier, "rules", rule]),
      path: `suppliers.${supplier}.rules[${rule}]`,
      message,
    })),
    ...suppliers.flatMap((one) =>
      cancelWarnings(one).map((message) => ({
        ...opened.position(["suppliers", one.id, "cancel"]),
        path: `suppliers.${one.id}.cancel`,
        message,
      })),
    ),
    ...suppliers.flatMap(({ id, transport }) => {
      const message = insecurity(transport);
      const key = ["suppliers", id, "transport", "insecure"];
      return message === null ? [] : [{ ...opened.position(key), path: key.join("."), message }];
    }),
  ];
  return {
    shops: Object.keys(read.shops),
    buyer: read.buyer,
    policy: read.dispatch,
    suppliers,
    warnings: [...warnings, ...documentWarnings].toSorted((a, b) => a.line - b.line || a.column - b.column),
    variables: opened.variables("suppliers"),
  };
}

/** Formats that are built in say both; a template says what it claims to. */
function cancelWarnings({ id, cancel, document, acknowledgements }: ConfiguredSupplier): readonly string[] {
  if (cancel === null) {
    return [];
  }
  const missing = (["cancellation", "change"] as const).filter((one) => document.template?.purposes.includes(one) === false);
  return [
    ...(missing.length === 0
      ? []
      : [
          `the template does not say ${missing.join(" or ")}, so a person is told to tell the supplier: add it to suppliers.${id}.document.template.purposes when the template says it`,
        ]),
    ...(acknowledgements === null
      ? [
          "the supplier has no folder acknowledgements, so its answers are recorded by a person: soh notice-accepted, notice-too-late",
        ]
      : []),
  ];
}

function configuredSupplier(input: {
  readonly id: string;
  readonly section: SupplierSection;
  readonly files: NamedFiles;
  readonly calendars: Readonly<Record<string, CalendarSettings>>;
}): ConfiguredSupplier {
  const { id, section, files } = input;
  const { transport, folders } = section;
  const { batch, ...schedule } = section.schedule;
  return {
    id,
    name: section.name,
    account: section.account ?? null,
    number: section.number,
    rules: section.rules,
    require: section.require,
    mode: section.mode,
    holds: section.hold,
    requestedWorkingDays: section.document.requested_date ?? null,
    batch: batch === null ? null : { most: batch },
    schedule: {
      ...schedule,
      calendar: schedule.calendar === null ? null : (input.calendars[schedule.calendar] ?? null),
    },
    shipping: section.document.shipping,
    document: documentSettings(section.document, files),
    wishes: wishesOf(section),
    catalogue: cataloguePolicy(section),
    transport: transportSettings(transport, files),
    orders: {
      folder: folders.orders.path,
      name: folders.orders.name,
      marker: folders.orders.marker ?? null,
      deliveryNote: folders.orders.companions[0]?.delivery_note ?? null,
      perMinute: folders.orders.per_minute ?? null,
      commit: folders.orders.commit,
      duplicates: folders.orders.duplicates,
      temporary: folders.orders.temporary,
    },
    acknowledgements:
      folders.acknowledgements === undefined
        ? null
        : {
            folder: folders.acknowledgements.path,
            match: folders.acknowledgements.match,
            after: folders.acknowledgements.after,
            claim: folders.acknowledgements.after !== "keep" && folders.acknowledgements.claim !== "none",
            minimumAgeMs: folders.acknowledgements.minimum_age ?? 0,
            everyMs: folders.acknowledgements.every,
          },
    expectations: section.acknowledgement,
    cancel: section.cancel?.document === true ? { answerWithin: section.cancel.answer_within ?? null } : null,
    retry: { waitsMs: section.retry.waits, everyMs: section.retry.every, forMs: section.retry.for },
    breaker: { after: section.breaker.after, probeMs: section.breaker.probe, longestMs: section.breaker.longest },
  };
}

function documentSettings(section: SupplierSection["document"], files: NamedFiles): DocumentSettings {
  const { format, encoding, newline, characters, max, extras, template, schema, answers } = section;
  return {
    format,
    encoding,
    newline,
    characters,
    ...max,
    extras,
    template: template === undefined ? null : templateSettings(template, files),
    schema: schema === undefined ? null : files.read(["document", "schema"], schema),
    answers: answers ?? null,
  };
}

const mediaTypes: Readonly<Record<string, string>> = {
  ".xml": "application/xml",
  ".csv": "text/csv",
  ".json": "application/json",
};

function templateSettings(
  section: NonNullable<SupplierSection["document"]["template"]>,
  files: NamedFiles,
): DocumentSettings["template"] {
  const mediaType = section.media_type ?? mediaTypes[extname(section.file.replace(/\.liquid$/, ""))] ?? "text/plain";
  return {
    file: basename(section.file),
    source: Buffer.from(files.read(["document", "template", "file"], section.file).bytes).toString("utf8"),
    mediaType,
    escape: section.escape ?? (/[/+]xml$/.test(mediaType) ? "xml" : "none"),
    purposes: section.purposes,
    header: section.header ?? null,
  };
}

function cataloguePolicy({ catalogue, document, minimum, require }: SupplierSection): CataloguePolicy {
  return {
    ...catalogue,
    required: catalogue.required || require.includes("supplier_sku"),
    missingCost: document.price.missing,
    minimum: minimum ?? null,
  };
}

function wishesOf({ name, document }: SupplierSection): Wishes {
  const { seller, delivery_note: note } = document;
  return {
    contract: document.contract ?? null,
    invoiceTo: document.invoice_to ?? null,
    seller: {
      name,
      siret: seller.siret ?? null,
      vat: seller.vat ?? null,
      gln: seller.gln ?? null,
      contact: seller.contact ?? null,
      phone: seller.phone ?? null,
      email: seller.email ?? null,
      address: seller.address ?? null,
    },
    customerEmail: document.customer_email,
    note: document.note,
    attributes: document.attributes === "all" ? null : document.attributes,
    partial: document.partial ?? null,
    backorder: document.backorder ?? null,
    substitution: document.substitution ?? null,
    carrier: document.carrier ?? null,
    carrierAccount: document.carrier_account ?? null,
    incoterm: document.incoterm ?? null,
    deliveryNote: note === undefined ? null : { neutral: note.neutral, prices: note.prices, sender: note.sender ?? null },
    price: document.price.policy,
  };
}
