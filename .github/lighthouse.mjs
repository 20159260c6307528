// Runs Lighthouse over the built site: node lighthouse.mjs FOLDER
//
// Every page must reach 100 for accessibility, best practices and SEO.
// Performance is the median of five visits, and is measured where it is hardest to keep:
// on the front page, the largest page of the guide and the explorer.
// Our pages reach 98 and 100. Less is asked, since runners share their processors:
// on a machine with other work to do, a visit lost up to 16 points and a median up to 5.
// The variable CHROME_PATH names another browser.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { launch } from "chrome-launcher";
import lighthouse, { desktopConfig } from "lighthouse";

const CHECKED = ["accessibility", "best-practices", "seo"];
const DEVICES = [
  { device: "phone", least: 85 },
  { device: "desktop", least: 95, config: desktopConfig },
];
const TYPES = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
  ".txt": "text/plain",
};

const [folder] = process.argv.slice(2);
const size = (file) => statSync(join(folder, file)).size;
const pages = readdirSync(folder, { recursive: true })
  .filter((file) => file.endsWith("index.html"))
  .sort();
const guide = pages.filter((page) => page.startsWith("guide/"));
const largest = guide.sort((a, b) => size(b) - size(a))[0];

// Compresses what it serves, as hosts of sites do: without that, a phone waits twice as long.
const server = createServer((request, response) => {
  const path = new URL(request.url, "http://localhost").pathname.replace(/\/$/, "/index.html");
  try {
    const body = gzipSync(readFileSync(join(folder, path)));
    const type = TYPES[extname(path)] ?? "application/octet-stream";
    response.writeHead(200, { "Content-Type": type, "Content-Encoding": "gzip" }).end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
let speed = 0; // of this machine, as Lighthouse measures it; 1,500 to 2,000 is a desktop computer
const chrome = await launch({ chromeFlags: ["--headless", "--no-sandbox", "--disable-gpu"] });

/** Visit a page once; return each category's title, its score up to 100, and what it lost points for. */
async function visit(page, onlyCategories, config) {
  const url = `http://127.0.0.1:${server.address().port}/${page.replace(/index\.html$/, "")}`;
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
