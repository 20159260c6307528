// Runs Lighthouse over the built site: node lighthouse.mjs FOLDER
//
// Every page must reach 100 for accessibility, best practices and SEO.
// Performance is the median of five visits, and is measured where it is hardest to keep:
// on the front page, the largest page of the guide and the explorer.
// Our pages reach 95 to 99 and 100; on a machine with other work to do, a median lost up to 5 points.
// The variable CHROME_PATH names another browser.

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { launch } from "chrome-launcher";
import lighthouse, { desktopConfig } from "lighthouse";
import { serve } from "./serve.mjs";

const CHECKED = ["accessibility", "best-practices", "seo"];
const DEVICES = [
  { device: "phone", least: 90 },
  { device: "desktop", least: 98, config: desktopConfig },
];
const [folder] = process.argv.slice(2);
const size = (file) => statSync(join(folder, file)).size;
const pages = readdirSync(folder, { recursive: true })
  .filter((file) => file.endsWith("index.html"))
  .sort();
const guide = pages.filter((page) => page.startsWith("guide/"));
const largest = guide.sort((a, b) => size(b) - size(a))[0];

const { server, address } = await serve(folder);
let speed = 0; // of this machine, as Lighthouse measures it; 1,500 to 2,000 is a desktop computer
const chrome = await launch({ chromeFlags: ["--headless", "--no-sandbox", "--disable-gpu"] });

/** Visit a page once; return each category's title, its score up to 100, and what it lost points for. */
async function visit(page, onlyCategories, config) {
  const url = address + page.replace(/index\.html$/, "");
  const { lhr } = await lighthouse(url, { port: chrome.port, logLevel: "error", onlyCategories }, config);
  speed = lhr.environment.benchmarkIndex;
  if (lhr.runtimeError) throw new Error(`${page}: ${lhr.runtimeError.message}`);
  return Object.values(lhr.categories).map(({ title, score, auditRefs }) => {
    const lost = auditRefs.filter(({ id, weight }) => weight && lhr.audits[id].score < 1);
    return { title, score: Math.round(score * 100), lost: lost.map(({ id }) => lhr.audits[id].title) };
  });
}

function report(page, title, score, least, notes) {
  const enough = score >= least;
  if (!enough) process.exitCode = 1;
  console.log(enough ? "ok" : "FAILED", page, title, score, notes.join("; "));
}

try {
  for (const page of pages) {
    for (const { title, score, lost } of await visit(page, CHECKED)) report(page, title, score, 100, lost);
  }
  for (const page of ["index.html", largest, "explorer/index.html"]) {
    for (const { device, least, config } of DEVICES) {
      const scores = [];
      for (let time = 0; time < 5; time++) scores.push((await visit(page, ["performance"], config))[0].score);
      scores.sort((a, b) => a - b);
      report(page, `Performance on a ${device}`, scores[2], least, scores);
    }
  }
  console.log(`Speed of this machine: ${Math.round(speed)}`);
} finally {
  chrome.kill();
  server.close();
}
