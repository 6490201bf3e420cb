import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asOperator, asProgram, basic, bearer, PASSWORD, startFixture, TOKEN, type Fixture } from "./test/fixture.ts";
import { fill, routesOf } from "./test/routes.ts";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.stop());

const OPEN = ["/healthz", "/readyz"];
/** Each guess comes from its own address, so that the limiter stays out of it. */
let address = 0;
const elsewhere = () => `10.0.${Math.floor(++address / 250)}.${address % 250}`;

describe("every route but health", () => {
  it("is refused without credentials, with wrong ones, and where nothing is", async () => {
    const routes = [
      ...routesOf(fixture.operations.http),
      { method: "GET", path: "/nothing" },
      { method: "GET", path: "/queues/static/favicon.ico" },
      { method: "DELETE", path: "/" },
    ];
    expect(routes.length).toBeGreaterThan(60);
    for (const { method, path } of routes) {
      for (const authorization of [
        undefined,
        "Basic",
        "Digest x",
        basic("operator", "wrong"),
        basic("admin"),
        basic("", ""),
        bearer("x"),
      ]) {
        const answer = await fixture.request({
          method,
          url: fill(path),
          remoteAddress: elsewhere(),
          headers: authorization === undefined ? {} : { authorization },
        });
        const got = [method, path, authorization, answer.statusCode, answer.headers["www-authenticate"]];
        const refused = [401, 'Basic realm="Shopify Order Handler", charset="UTF-8"'];
        expect(got).toEqual([method, path, authorization, ...(OPEN.includes(path) ? [200, undefined] : refused)]);
      }
    }
  });

  it("takes the password, and the token only for the API and the metrics", async () => {
    for (const { method, path } of routesOf(fixture.operations.http).filter((one) => one.method === "GET")) {
      const url = fill(path);
      const withPassword = await fixture.request({ method: "GET", url, headers: asOperator });
      expect(`${method} ${path} ${withPassword.statusCode}`).not.toContain("401");
      const withToken = await fixture.request({ method: "GET", url, headers: asProgram });
      const takesToken = path.startsWith("/api/") || path === "/metrics" || OPEN.includes(path);
      expect(`${path} ${withToken.statusCode === 401}`).toBe(`${path} ${!takesToken}`);
    }
  });

  it("does not take the password as a token, nor the token as a password", async () => {
    const wrong = [
      basic("operator", TOKEN),
      bearer(PASSWORD),
      bearer(`${TOKEN} `.trimEnd().slice(1)),
      basic("operator", `${PASSWORD}x`),
    ];
    for (const authorization of wrong) {
      const answer = await fixture.request({ url: "/api/summary", remoteAddress: elsewhere(), headers: { authorization } });
      expect(answer.statusCode).toBe(401);
    }
  });
});

describe("a change", () => {
  const change = (url: string, headers: Record<string, string>, method: "POST" | "PUT" = "POST") =>
    fixture.request({ method, url, headers: { host: "console.example", ...headers }, payload: { note: "x" } });
  const url = "/api/suppliers/agriest/resume";

  it.each([
    ["nothing that says where it comes from", {}],
    ["another site's page", { "sec-fetch-site": "cross-site", origin: "https://evil.example" }],
    ["a sister site's page", { "sec-fetch-site": "same-site", origin: "https://shop.example" }],
    ["another site's page that lies about its origin", { "sec-fetch-site": "cross-site", origin: "http://console.example" }],
    ["another origin, in a browser without Sec-Fetch-Site", { origin: "http://evil.example" }],
    ["another port", { origin: "http://console.example:8080" }],
    ["an opaque origin", { origin: "null" }],
    ["the address bar", { "sec-fetch-site": "none" }],
  ])("with the password is refused from %s", async (_, headers) => {
    const answer = await change(url, { ...asOperator, ...headers });
    expect(answer.statusCode).toBe(403);
    expect(answer.json()).toHaveProperty("error");
    expect((await change("/queues/api/queues/webhooks/obliterate", { ...asOperator, ...headers }, "PUT")).statusCode).toBe(403);
  });

  it.each([
    ["one's own page", { "sec-fetch-site": "same-origin" }],
    ["one's own page over plain HTTP", { origin: "http://console.example" }],
  ])("with the password passes from %s", async (_, headers) => {
    expect((await change(url, { ...asOperator, ...headers })).statusCode).toBe(409); // It is not paused.
  });

  it("with the token passes from anywhere: no browser sends it unasked", async () => {
    expect((await change(url, { ...asProgram, "sec-fetch-site": "cross-site" })).statusCode).toBe(409);
  });

  it("is never read from what a form of any site can send", async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]) {
      const answer = await fixture.request({
        method: "POST",
        url,
        headers: { ...asProgram, "content-type": type },
        payload: '{"note":"x"}',
      });
      expect(answer.statusCode).toBe(415);
    }
  });
});

describe("guessing", () => {
  it("is slowed down after ten failures from one address, for right and wrong guesses alike, and for nobody else", async () => {
    const from = (remoteAddress: string, authorization: string) =>
      fixture.request({ url: "/api/summary", remoteAddress, headers: { authorization } });
    const guesser = elsewhere();
    for (let n = 0; n < 10; n++) {
      expect((await from(guesser, basic("operator", `guess ${n}`))).statusCode).toBe(401);
    }
    const late = await from(guesser, basic());
    expect(late.statusCode).toBe(429);
    expect(Number(late.headers["retry-after"])).toBeGreaterThan(0);
    expect((await from(guesser, bearer())).statusCode).toBe(200);
    expect((await from(elsewhere(), basic())).statusCode).toBe(200);
  });

  it("does not count requests that present nothing", async () => {
    const remoteAddress = elsewhere();
    for (let n = 0; n < 30; n++) {
      expect((await fixture.request({ url: "/", remoteAddress })).statusCode).toBe(401);
    }
    expect((await fixture.request({ url: "/", remoteAddress, headers: asOperator })).statusCode).toBe(200);
  });

  it("is counted by the connection's address, whatever X-Forwarded-For says", async () => {
    const remoteAddress = elsewhere();
    const guess = (n: number) =>
      fixture.request({
        url: "/",
        remoteAddress,
        headers: { authorization: basic("operator", "wrong"), "x-forwarded-for": `10.9.9.${n}` },
      });
    const statuses: number[] = [];
    for (let n = 0; n < 11; n++) {
      statuses.push((await guess(n)).statusCode);
    }
    expect(statuses.at(-1)).toBe(429);
  });
});

describe("every answer", () => {
  it("forbids framing, sniffing, keeping, and everything from elsewhere", async () => {
    for (const url of ["/", "/api/summary", "/healthz", "/nothing", "/queues", "/queues/api/queues"]) {
      const { headers } = await fixture.request({ url, headers: asOperator });
      expect(headers).toMatchObject({
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-store",
      });
      expect(headers["content-security-policy"]).toContain("default-src 'none'");
      expect(headers["content-security-policy"]).not.toContain("'unsafe-inline' 'self'");
    }
  });

  it("allows no script on our own pages, and on Bull Board's only its files", async () => {
    const policy = async (url: string) => String((await fixture.page(url)).headers["content-security-policy"]);
    expect(await policy("/")).not.toContain("script-src");
    expect(await policy("/queues")).toContain("script-src 'self';");
    expect((await fixture.page("/")).body).not.toMatch(/<script|style="|<style| on[a-z]+="/);
  });
});
