// Bundles what is shipped, into dist/: the extension for Node.js, the one for browsers, and the page of the path view. Of
// the packages that went into them the licences go along, in dist/ThirdPartyNotices.txt.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const common = { bundle: true, metafile: true, minifySyntax: true, minifyWhitespace: true, logLevel: "warning", legalComments: "none" };
const extension = { ...common, format: "cjs", external: ["vscode"] };

const bundles = await Promise.all([
  build({ ...extension, entryPoints: ["src/extension.ts"], platform: "node", target: "node18", outfile: "dist/extension.js" }),
  build({ ...extension, entryPoints: ["src/browser.ts"], platform: "browser", target: "es2022", outfile: "dist/browser.js" }),
  build({ ...common, entryPoints: ["src/webview/main.ts"], format: "iife", target: "es2022", outfile: "dist/view.js" }),
  build({ ...common, entryPoints: ["src/webview/style.css"], outfile: "dist/view.css" }),
]);

const folderOf = (file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
const inputs = bundles.flatMap(({ metafile }) => Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs)));
const folders = new Set(inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => folderOf(file)).filter(Boolean));
const notices = [...folders].sort().map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const file = readdirSync(folder).find((each) => /^licen[cs]e(\.|$)/i.test(each));
  if (!file) {
    throw new Error(`${name} has no licence text`);
  }
  return `${name} ${version} (${license})\n\n${readFileSync(`${folder}/${file}`, "utf8").trim()}\n`;
});
const head = "heapls for VS Code has these packages in it.\n";
writeFileSync("dist/ThirdPartyNotices.txt", [head, ...notices].join(`\n${"-".repeat(80)}\n\n`));
