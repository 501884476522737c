// Bundles what is shipped, into dist/: the extension for Node.js, the one for browsers, and the page of the path view.
import { build } from "esbuild";

const common = { bundle: true, minifySyntax: true, minifyWhitespace: true, logLevel: "warning", legalComments: "none" };
const extension = { ...common, format: "cjs", external: ["vscode"] };

await Promise.all([
  build({ ...extension, entryPoints: ["src/extension.ts"], platform: "node", target: "node18", outfile: "dist/extension.js" }),
  build({ ...extension, entryPoints: ["src/browser.ts"], platform: "browser", target: "es2022", outfile: "dist/browser.js" }),
  build({ ...common, entryPoints: ["src/webview/main.ts"], format: "iife", target: "es2022", outfile: "dist/view.js" }),
  build({ ...common, entryPoints: ["src/webview/style.css"], outfile: "dist/view.css" }),
]);
