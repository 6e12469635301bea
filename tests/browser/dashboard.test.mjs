// The dashboard as people meet it. Run with `make browser-test`; SHOTS=DIR keeps a picture of every page.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { launch, open, PHONE, violations, WIDE } from "./browser.mjs";
import { serve } from "./service.mjs";

const PAGES = {
  health: "/",
  incidents: "/incidents",
  queue: "/quarantine",
  conflicts: "/conflicts",
  duplicates: "/duplicates",
  search: "/search?q=how+long+are+backups+kept",
  sources: "/sources",
  jobs: "/jobs",
  policy: "/policy",
  trial: "/policy/trial",
  api: "/docs",
};
const SHOTS = process.env.SHOTS;

let service;
let browser;
const items = {};

async function shoot(page, name) {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
}

/** The address of the first chunk that a rule holds back. */
async function held(page, rule) {
  await page.goto(`${service.base}/quarantine?rule=${rule}&status=any`);
  return page.locator("#queue a.open").first().getAttribute("href");
}

before(async () => {
  service = await serve();
  browser = await launch();
  const { page, close } = await open(browser, service.base);
  items.copy = await held(page, "duplication.near");
  items.conflict = await held(page, "contradiction.number");
  items.hostile = await held(page, "structure.prompt_injection");
  await close();
});

after(async () => {
  await browser?.close();
  await service?.stop();
});

for (const colorScheme of ["light", "dark"]) {
  for (const viewport of [WIDE, PHONE]) {
    test(`every page is clean, ${colorScheme}, ${viewport.width} pixels wide`, async (t) => {
      const all = { ...PAGES, copy: items.copy, conflict: items.conflict, hostile: items.hostile };
      for (const [name, path] of Object.entries(all)) {
        await t.test(name, async () => {
          const { page, faults, close } = await open(browser, service.base, { colorScheme, viewport });
          await page.goto(service.base + path);
          assert.deepEqual(await violations(page), []);
          assert.deepEqual(faults, []);
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(overflow <= 0, `the page is ${overflow} pixels wider than the window`);
          assert.equal(await page.locator("h1").count(), 1);
          await shoot(page, `${name}-${colorScheme}-${viewport.width}`);
          await close();
        });
      }
    });
  }
}

test("every page can be read without JavaScript", async () => {
  const { page, faults, close } = await open(browser, service.base, { javaScriptEnabled: false });
  for (const path of Object.values(PAGES)) {
    await page.goto(service.base + path);
    assert.ok((await page.locator("main").innerText()).length > 80, path);
  }
  await page.goto(`${service.base}/search`);
  await page.getByLabel("What do you want to know?").fill("backups");
  await page.getByRole("button", { name: "Search" }).click();
  assert.ok((await page.locator(".hits > li").count()) > 0);
  assert.deepEqual(faults, []);
  await close();
});

test("markup in documents is shown as text", async () => {
  const { page, faults, close } = await open(browser, service.base);
  for (const path of [items.hostile, "/search?q=lighthouse+script", "/quarantine?rule=structure.prompt_injection"]) {
    await page.goto(service.base + path);
    if (path === items.hostile) assert.ok((await page.locator("main").innerText()).includes("<script>document.title"));
    assert.notEqual(await page.title(), "taken");
    assert.equal(await page.locator("main script, main [onclick], main [onerror], main style, main [onload]").count(), 0);
  }
  assert.deepEqual(faults, []);
  await close();
});

describe("a session of reviewing", () => {
  test("by keyboard: open, search, review three, undo, see the trend", async () => {
    const { page, faults, close } = await open(browser, service.base);
    const waiting = async () => Number((await page.locator('nav a[href="/quarantine"] .badge').innerText()).match(/\d+/)[0]);
    await page.goto(service.base);
    assert.ok((await page.locator(".trend .dot").count()) >= 2);
    assert.match(await page.locator(".trend svg").getAttribute("aria-label"), /Score from [\d.]+ \(.+\) to [\d.]+ \(/);
    const begun = await waiting();

    await page.keyboard.press("/");
    await page.waitForURL("**/search");
    await page.locator("#q").pressSequentially("backups");
    await page.locator(".hits > li").first().waitFor();
    assert.match(page.url(), /q=backups/);

    // Decisions about these change no other row.
    await page.goto(`${service.base}/quarantine?rule=structure.secret`);
    const rows = page.locator("#queue > .row");
    // Until a row is settled, its keys are not bound.
    const settled = (id, state) => page.locator(`#${id}${state}:not(.htmx-settling)`).waitFor();
    const first = await rows.nth(0).getAttribute("id");
    await page.keyboard.press("j");
    await page.keyboard.press("r");
    await settled(first, ".decided");
    assert.equal(await page.locator(`#${first} [data-outcome]`).innerText(), "Released");
    assert.match(await page.locator("#announcer").innerText(), /^Released/);
    // The next row is at hand without another key.
    await page.keyboard.press("x");
    await settled(await rows.nth(1).getAttribute("id"), ".decided");
    await page.keyboard.press("k");
    await page.keyboard.press("j");
    await page.keyboard.press("s");
    await settled(await rows.nth(2).getAttribute("id"), ".decided");
    // The last one is taken back, and decided again.
    await page.keyboard.press("u");
    await settled(await rows.nth(2).getAttribute("id"), ":not(.decided)");
    assert.match(await page.locator("#announcer").innerText(), /^Taken back/);
    await page.keyboard.press("x");
    await settled(await rows.nth(2).getAttribute("id"), ".decided");
    await page.reload();
    assert.equal(begun - (await waiting()), 3);
    assert.equal(await page.locator(`#${first}`).count(), 0);

    // A decision about one side of a conflict settles the other, which is shown as it is by then.
    await page.goto(`${service.base}/quarantine?rule=contradiction.version`);
    const sides = [await rows.nth(0).getAttribute("id"), await rows.nth(1).getAttribute("id")];
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await settled(sides[0], ".decided");
    await page.keyboard.press("s");
    await settled(sides[1], ".decided");
    assert.equal(await page.locator(`#${sides[1]} [data-outcome]`).innerText(), "Passes");
    assert.match(await page.locator("#announcer").innerText(), /^This has changed/);
    await page.goto(`${service.base}/quarantine`);

    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/quarantine/*");
    await page.getByLabel("Note").fill("seen by the browser test");
    await page.getByRole("button", { name: "Release" }).click();
    await page.waitForURL("**/quarantine/*");
    // The refusal that is shown, as the server's answer and as the browser's own message about it.
    const refused = (fault) => /^412 .*\/quarantine\//.test(fault) || /^console: .*status of 412/.test(fault);
    assert.equal(faults.filter(refused).length, 2, faults.join("\n"));
    assert.deepEqual(faults.filter((fault) => !refused(fault)), []);
    await close();
  });

  test("keys can be switched off", async () => {
    const { page, close } = await open(browser, service.base);
    await page.goto(`${service.base}/quarantine`);
    await page.keyboard.press("?");
    await page.getByLabel("Keys are on").uncheck();
    await page.keyboard.press("Escape");
    await page.keyboard.press("x");
    assert.equal(await page.locator(".row.decided").count(), 0);
    await close();
  });
});
