// Opens every page of the built site in other engines, and works what can be worked there:
// node browsers.mjs FOLDER firefox webkit. Debian has them as firefox-esr and webkit2gtk-driver;
// the latter wants a screen, which xvfb-run gives.

import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import puppeteer from "puppeteer-core";
import { Builder, Capabilities } from "selenium-webdriver";
import { serve } from "./serve.mjs";

const [folder, ...engines] = process.argv.slice(2);
const PATIENCE = 100; // tenths of a second that a page's tools may take to begin
const SIZES = [1280, 390];

/** Each opens a browser, and returns how to go to an address, run a script in the page, and end. */
const ENGINES = {
  async firefox() {
    const browser = await puppeteer.launch({ browser: "firefox", executablePath: FIREFOX });
    const page = await browser.newPage();
    return {
      // Firefox ESR 140 sets the size, and does not know the orientation that Puppeteer sends after it.
      size: (width) =>
        page.setViewport({ width, height: 900 }).catch((error) => {
          if (!error.message.includes("setScreenOrientationOverride")) throw error;
        }),
      go: (url) => page.goto(url),
      run: (script) => page.evaluate(script),
      end: () => browser.close(),
    };
  },
  async webkit() {
    const port = 4567;
    const running = spawn("WebKitWebDriver", [`--port=${port}`], { stdio: "ignore" });
    await wait(1000);
    const options = {
      browserName: "MiniBrowser",
      "webkitgtk:browserOptions": { binary: MINI, args: ["--automation"] },
    };
    const driver = await new Builder()
      .usingServer(`http://127.0.0.1:${port}`)
      .withCapabilities(new Capabilities(options))
      .build();
    return {
      size: (width) => driver.manage().window().setRect({ width, height: 900 }),
      go: (url) => driver.get(url),
      run: (script) => driver.executeScript(`return ${script}`),
      end: () => driver.quit().finally(() => running.kill()),
    };
  },
};
const FIREFOX = process.env.FIREFOX ?? "/usr/bin/firefox-esr";
const MINI = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";

// What is asked of a page: scripts that run in it. The first brings its tools near, and answers when all have begun.
const ASKED = `(() => {
  const tools = [...document.querySelectorAll("conv-explorer, conv-photo")];
  const late = tools.find((one) => !("ready" in one.dataset));
  late?.scrollIntoView();
  if (document.readyState !== "complete" || late) return null;
  const wrong = [];
  const root = document.documentElement;
  if (root.scrollWidth > innerWidth) wrong.push("scrolls sideways: " + root.scrollWidth + " of " + innerWidth);
  for (const math of document.querySelectorAll("math")) {
    const { width, height } = math.getBoundingClientRect();
    if (math.checkVisibility() && !(width > 3 && height > 5)) wrong.push("a formula is not typeset: " + math.textContent);
  }
  const large = ":has(tr > :nth-child(11))"; // on phones such a grid may scroll in its box
  for (const box of document.querySelectorAll(".conv-panels, .cp-view, .cx-grids, .cx-view .cx-scroll:not(" + large + ")")) {
    const spare = [box.scrollWidth - box.clientWidth, box.scrollHeight - box.clientHeight];
    if (Math.max(...spare) > 1) wrong.push(box.className + " is cut by " + spare);
  }
  return wrong;
})()`;
const EXPLORED = `(() => {
  const one = document.querySelector("conv-explorer");
  const press = (text) => [...one.querySelectorAll("button, label")].find((b) => b.textContent === text).click();
  press("Step");
  press("same");
  const field = one.querySelector('[data-view="kernel"] input');
  field.value = "-7";
  field.dispatchEvent(new Event("change", { bubbles: true }));
  const { at, padding, kernel } = one.state;
  const shown = one.querySelectorAll('[data-view="output"] td[data-row]').length;
  return String([at, padding, kernel[0][0], shown]) === "0,1,same,-7,25" ? [] : ["the explorer shows " + [at, padding, kernel[0][0], shown]];
})()`;
const TAKEN_HOLD_OF = `(() => {
  const one = document.querySelector("conv-photo");
  [...one.querySelectorAll("button")].find((b) => b.textContent === "blur").click();
  const field = one.querySelector(".cp-grid input");
  field.value = "2";
  field.dispatchEvent(new Event("input"));
  const [row] = one.output;
  const sum = one.kernel.flat().reduce((a, w, n) => a + w * one.input[Math.floor(n / 3)][n % 3], 0);
  return Math.abs(row[0] - sum) < 1e-9 && one.kernel[0][0] === 2 / 9 ? [] : ["the photograph shows " + row[0]];
})()`;
const TOOLS = { "explorer/": EXPLORED, "": TAKEN_HOLD_OF };

const { server, address } = await serve(folder);
const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith("index.html"));
for (const name of engines) {
  const browser = await ENGINES[name]();
  try {
    for (const place of files.map((file) => file.replace("index.html", "")).sort()) {
      for (const width of SIZES) {
        await browser.size(width);
        await browser.go(address + place);
        let wrong = null;
        for (let tenths = 0; !wrong && tenths < PATIENCE; tenths++) {
          wrong = await browser.run(ASKED);
          if (!wrong) await wait(100);
        }
        if (wrong && place in TOOLS) wrong.push(...(await browser.run(TOOLS[place])));
        wrong ??= ["its tools have not begun"];
        if (wrong.length) process.exitCode = 1;
        console.log(wrong.length ? "FAILED" : "ok", name, `/${place}`, width, wrong.join("; "));
      }
    }
  } finally {
    await browser.end();
  }
}
server.close();
