// stage.mjs [ADDRESS]: puts what is packed into out/: the bundles, and beside them the extension's page (page.mjs has the
// address) and the page that the codes of diagnostics link to.
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pageOf } from "./page.mjs";

const here = dirname(new URL(import.meta.url).pathname);
const out = join(here, "out");
rmSync(out, { recursive: true, force: true });
for (const name of ["LICENSE", "dist", "media", "walkthrough", "server"]) {
  if (existsSync(join(here, name))) {
    cpSync(join(here, name), join(out, name), { recursive: true });
  }
}
cpSync(join(here, "../reasons.md"), join(out, "reasons.md"));
cpSync(join(here, "heapls.schema.json"), join(out, "heapls.schema.json"));
const [, , pictures = ""] = process.argv;
writeFileSync(join(out, "README.md"), pageOf(readFileSync(join(here, "README.md"), "utf8"), pictures));
writeFileSync(join(out, ".vscodeignore"), "# nothing: all of this folder is packed\n");
const { scripts: _, dependencies: __, devDependencies: ___, ...manifest } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
writeFileSync(join(out, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
