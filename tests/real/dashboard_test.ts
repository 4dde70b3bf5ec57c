// deno-lint-ignore-file no-console
/// <reference lib="dom" />
import assert from "node:assert/strict";
import puppeteer from "puppeteer-core";
import type { Browser, Page } from "puppeteer-core";
import { findChromium } from "../../tools/chromium.ts";
import { Place, RunningDaemon } from "./rekindle.ts";
import { sparkInstallations } from "./spark_installations.ts";

const path = await findChromium();
if (path === null) console.log("skipped: the dashboard, for want of a Chromium on the PATH");
const [spark] = sparkInstallations();

async function withPage(work: (page: Page) => Promise<void>): Promise<void> {
  // Chromium's own sandbox wants user namespaces, which root in a container may not have.
  const browser: Browser = await puppeteer.launch({ executablePath: path ?? "", args: ["--no-sandbox"] });
  try {
    await work(await browser.newPage());
  } finally {
    await browser.close();
  }
}

/** Waits until a part of the page says what it should. */
async function says(page: Page, selector: string, pattern: RegExp): Promise<void> {
  await page.waitForFunction(
    (where: string, source: string) =>
      new RegExp(source).test(document.querySelector(where)?.textContent ?? ""),
    { timeout: 120_000 },
    selector,
    pattern.source,
  ).catch(async (cause) => {
    const text = await page.$eval("body", (body) => body.innerText);
    throw new Error(`The page's ${selector} never matched ${pattern}: ${text}`, { cause });
  });
}

Deno.test({
  name:
    "the dashboard shows a killed gateway, why, and its healing without being loaded again, and restarts it by button",
  ignore: path === null || spark === undefined,
  // Puppeteer keeps timers of its own.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    assert.ok(spark !== undefined);
    await using place = await Place.make(spark);
    const daemon = await RunningDaemon.start(place, ["--heap", "512m"]);
    await withPage(async (page) => {
      const strange: string[] = [];
      page.on("pageerror", (error) => strange.push(String(error)));
      page.on("console", (message) => message.type() === "error" && strange.push(message.text()));
      page.on("request", (request) => {
        if (!request.url().startsWith(`${daemon.url}/`) && !request.url().startsWith("blob:")) {
          strange.push(request.url());
        }
      });
      await page.goto(daemon.url);
      await says(page, "#phase", /^ready$/);
      await says(page, "#incidents", /No gateway has died here/);
      assert.equal(
        await page.$eval("[data-action=restart]", (button) => (button as HTMLButtonElement).disabled),
        true,
      );

      // By keyboard alone: the first stop is the way past the header, and the token is entered without a mouse.
      await page.keyboard.press("Tab");
      assert.equal(await page.$eval(":focus", (element) => element.textContent), "Skip to the gateway");
      await page.focus("#key");
      await page.keyboard.press("Enter");
      await page.keyboard.type("wrong-but-long-enough");
      await page.keyboard.press("Enter");
      await says(page, "#outcome", /not the token/);
      strange.length = 0;
      await page.click("#key");
      await page.keyboard.type(daemon.token);
      await page.keyboard.press("Enter");
      await says(page, "#outcome", /token fits/);

      const { gateway } = await daemon.status();
      Deno.kill(gateway.pid ?? 0, "SIGKILL");
      await says(page, "#incidents", /killed-by-signal/);
      await says(page, "#gateway-title", /Healed/);
      assert.equal(await page.$eval("#gateway", (hero) => (hero as HTMLElement).dataset.picture), "healed");
      await says(page, "#facts", /generation2/);
      await says(page, "#events", /died/);
      await page.click("#incidents button:nth-of-type(2)");
      await says(page, "#incidents .downloads", /manifest|stderr/);

      await page.click("[data-action=restart]");
      await says(page, "#facts", /generation3/);
      await says(page, "#phase", /^ready$/);
      await page.click("[data-action=threads]");
      await says(page, "#text-body", /"main"/);
      assert.deepEqual(strange, []);

      const stopped = daemon.end("SIGTERM");
      await says(page, "#link", /does not answer/);
      await stopped;
    });
    assert.deepEqual(place.processes(), []);
  },
});
