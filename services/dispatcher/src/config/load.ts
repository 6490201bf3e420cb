import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ConfigError, openConfig, type Secret } from "@soh/shared/config";
import type { Lookup } from "@soh/shared/environment";
import type { Buyer } from "../domain/content.ts";
import type { DispatchPolicy } from "../domain/plan.ts";
import type { BreakerSchedule, RetrySchedule } from "../domain/retry.ts";
import type { Schedule, Span } from "../domain/schedule.ts";
import type { DocumentSettings } from "../domain/document.ts";
import type { Supplier, Wishes } from "../domain/supplier.ts";
import { openCalendar, type CalendarSettings } from "./calendars.ts";
import { sections, suppliersWith, type SupplierSection } from "./schema.ts";

/** A supplier with everything around the domain: where its files go and how. */
export interface ConfiguredSupplier extends Supplier {
  readonly document: DocumentSettings;
  readonly transport: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly password: Secret;
    /** PEM of the authority to trust; null: the system's. */
    readonly ca: string | null;
    readonly minTls: "TLSv1.2" | "TLSv1.3";
    readonly maxTls: "TLSv1.2" | "TLSv1.3";
    readonly connections: number;
    readonly timeoutMs: number;
  };
  readonly orders: {
    readonly folder: string;
    readonly name: string;
    readonly temporary: { readonly prefix: string; readonly suffix: string };
  };
  readonly acknowledgements: {
    readonly folder: string;
    readonly match: string;
    readonly after: "archive" | "delete";
    readonly everyMs: number;
  } | null;
  readonly acknowledgement: { readonly expect: "none" | "received" | "accepted"; readonly within: Span | null };
  readonly schedule: ScheduleSettings;
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
}

/** Throws ConfigError with every problem found, each with its line and column. */
export function loadConfig(file: string, lookup: Lookup): HandlerConfig {
  const opened = openConfig(file, lookup);
  const read = opened.read(sections, { complete: true });
  opened.read({ suppliers: suppliersWith(read.calendars) });
  return {
    shops: Object.keys(read.shops),
    buyer: read.buyer,
    policy: read.dispatch,
    suppliers: Object.entries(read.suppliers).map(([id, section]) =>
      configuredSupplier({ id, section, file, calendars: read.calendars }),
    ),
  };
}

function configuredSupplier(input: {
  readonly id: string;
  readonly section: SupplierSection;
  readonly file: string;
  readonly calendars: Readonly<Record<string, CalendarSettings>>;
}): ConfiguredSupplier {
  const { id, section, file } = input;
  const { transport, folders } = section;
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
    schedule: {
      ...section.schedule,
      calendar: section.schedule.calendar === null ? null : (input.calendars[section.schedule.calendar] ?? null),
    },
    shipping: section.document.shipping,
    document: documentSettings(section.document),
    wishes: wishesOf(section),
    transport: {
      host: transport.host,
      port: transport.port,
      user: transport.user,
      password: transport.password,
      ca: transport.tls.ca === undefined ? null : readCa(file, id, transport.tls.ca),
      minTls: transport.tls.min,
      maxTls: transport.tls.max,
      connections: transport.connections,
      timeoutMs: transport.timeout,
    },
    orders: { folder: folders.orders.path, name: folders.orders.name, temporary: folders.orders.temporary },
    acknowledgements:
      folders.acknowledgements === undefined
        ? null
        : {
            folder: folders.acknowledgements.path,
            match: folders.acknowledgements.match,
            after: folders.acknowledgements.after,
            everyMs: folders.acknowledgements.every,
          },
    acknowledgement: { expect: section.acknowledgement.expect, within: section.acknowledgement.within ?? null },
    retry: { waitsMs: section.retry.waits, everyMs: section.retry.every, forMs: section.retry.for },
    breaker: { after: section.breaker.after, probeMs: section.breaker.probe, longestMs: section.breaker.longest },
  };
}

function documentSettings(section: SupplierSection["document"]): DocumentSettings {
  const { format, encoding, newline, characters, max, extras } = section;
  return { format, encoding, newline, characters, ...max, extras, template: null, schema: null };
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
    partial: document.partial ?? null,
    backorder: document.backorder ?? null,
    substitution: document.substitution ?? null,
    carrier: document.carrier ?? null,
    carrierAccount: document.carrier_account ?? null,
    incoterm: document.incoterm ?? null,
    deliveryNote: note === undefined ? null : { neutral: note.neutral, prices: note.prices, sender: note.sender ?? null },
    price: "none",
  };
}

function readCa(file: string, supplier: string, ca: string): string {
  const path = resolve(dirname(file), ca);
  const problem = (message: string): ConfigError =>
    new ConfigError(file, [{ line: 1, column: 1, path: `suppliers.${supplier}.transport.tls.ca`, message }]);
  let pem: string;
  try {
    pem = readFileSync(path, "utf8");
  } catch (error) {
    throw problem(`the file ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!pem.includes("-----BEGIN CERTIFICATE-----")) {
    throw problem(`the file ${path} holds no PEM certificate`);
  }
  return pem;
}
