// Visits the page `/docs` with a real browser, as standard input asks for it: one line of JSON in, one out. The
// argument is the browser's program. Every visit has a profile of its own, so none knows what was typed at another.
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

// What a browser asks its maker about would leave the machine: it finds no other host than this one. Playwright starts
// it without its sandbox, which would refuse root, who runs the tests in a container.
const args = ["--disable-gpu", "--disable-quic", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"];
const browser = await chromium.launch({ executablePath: process.argv[2], args });

// Everything that goes wrong in a page, and every address that it asks.
const watch = (page) => {
  const seen = { complaints: [], requests: [] };
  const complain = (text) => seen.complaints.push(text);
  page.on("request", (request) => seen.requests.push(request.url()));
  page.on("requestfailed", (request) => complain(`${request.url()}: ${request.failure().errorText}`));
  page.on("pageerror", (error) => complain(String(error)));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complain(`${message.text()} (${message.location().url})`);
  });
  return seen;
};

// The key goes into the form of the bearer token; the page has one for each other place that takes a key.
const authorize = async (page, key) => {
  await page.locator(".auth-wrapper .authorize").click();
  const field = page.locator("#auth-bearer-value");
  await field.fill(key);
  await page.locator(".auth-container form").filter({ has: field }).locator(".authorize").click();
  await page.locator(".dialog-ux .close-modal").click();
};

// Opens an operation, sends it unless it is only to be seen, and reads the answer that the page then shows: the
// examples below it are in no `.live-responses-table`.
const attempt = async (page, { method, path, body, send = true }) => {
  const block = page.locator(`.opblock-${method}`).filter({ has: page.locator(`[data-path="${path}"]`) });
  await block.locator(".opblock-summary-control").click();
  await block.locator(".responses-table").first().waitFor();
  if (!send) return null;
  if (body) await block.locator(".body-param__text").fill(JSON.stringify(body));
  await block.locator(".execute").click();
  const answer = block.locator(".live-responses-table .response").first();
  const status = await answer.locator(".response-col_status").first().innerText();
  const text = await answer.locator(".highlight-code code").first().textContent();
  return { status: Number.parseInt(status), body: JSON.parse(text) };
};

const operations = (page) =>
  page.locator(".opblock").evaluateAll((blocks) =>
    blocks.map((block) => {
      const of = (kind) => block.querySelector(`.opblock-summary-${kind}`);
      return `${of("method").textContent} ${of("path").dataset.path}`;
    }),
  );

const visit = async ({ url, timeout, width, key, orders, picture }) => {
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  context.setDefaultTimeout(timeout);
  const page = await context.newPage();
  const seen = watch(page);
  try {
    await page.goto(url);
    await page.locator(".opblock").first().waitFor();
    const answer = { ...seen, title: await page.title(), operations: await operations(page), answers: [] };
    if (key) await authorize(page, key);
    for (const order of orders) answer.answers.push(await attempt(page, order));
    answer.width = await page.evaluate(() => document.documentElement.scrollWidth);
    if (picture) await page.screenshot({ path: picture, fullPage: true });
    return answer;
  } catch (error) {
    return { ...seen, error: String(error) };
  } finally {
    await context.close();
  }
};

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await visit(JSON.parse(line))));
}
await browser.close();
