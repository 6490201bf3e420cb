// What tests of settings share: the shipped handler.yaml with one change, and the environment that it is loaded with.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "@soh/shared/config";
import { afterEach, beforeEach, expect } from "vitest";
import { loadConfig } from "../load.ts";

export const root = new URL("../../../../../config/", import.meta.url);
export const environment: Readonly<Record<string, string>> = {
  SHOPIFY_SHOP: "Sermat.myshopify.com",
  SHOPIFY_WEBHOOK_SECRET: "one,two",
  FTP_AGRIEST_HOST: "ftp.agriest.example",
  FTP_AGRIEST_USER: "sermat",
  FTP_AGRIEST_PASS: "agriest-password",
  FTP_FOURNIAL_HOST: "ftp.fournial.example",
  FTP_FOURNIAL_USER: "sermat",
  FTP_FOURNIAL_PASS: "fournial-password",
};
export const lookup = (name: string): string | undefined => environment[name];

export let folder: string;
/** Each test of the file gets a folder of its own. */
export function useFolder(): void {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "soh-config-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
}

/** handler.yaml with one change, loaded; returns the error's text after the file's name. */
export function problem(from: string | RegExp, to: string): string {
  const text = readFileSync(new URL("handler.yaml", root), "utf8");
  const file = join(folder, "handler.yaml");
  const changed = text.replace(from, to);
  expect(changed).not.toBe(text);
  writeFileSync(file, changed);
  try {
    loadConfig(file, lookup);
  } catch (error) {
    return error instanceof ConfigError ? error.message.replaceAll(`${file}:`, "") : `not a ConfigError: ${String(error)}`;
  }
  return "no problem";
}
