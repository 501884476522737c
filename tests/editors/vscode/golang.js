// Go's own extension (golang.go) and heapls in one window: each has its hints, hovers, diagnostics and lenses, and neither
// says a word about the other.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { say, test, until } = require('./workbench');

const { GOLANG, GOPLS, GOROOT } = process.env;
const make = 'make([]byte, 32)';

async function golang({ page, editor, line, row, bar, command, undoAll, shot }) {
  const toasts = async () => (await page.locator('.notification-toast').allInnerTexts()).map((text) => text.replace(/\s+/g, ' '));
  // gopls' hint is in the declaration, heapls' at its end.
  const both = async () => /b\s*\[\]byte\s*:= make\(\[\]byte, 32\)\s*heap 32 B/.test(await line(make));
  await until('the hints of both', both);
  say('hints:', (await line(make)).trim());
  await page.locator('.codelens-decoration', { hasText: '1 heap' }).first().waitFor();

  await row(make).getByText('make', { exact: true }).first().hover();
  const hover = page.locator('.monaco-hover:not(.hidden)').first();
  const words = await until('the hovers of both', async () => {
    const text = await hover.innerText().catch(() => '');
    return /after .?read.? returns/.test(text) && /allocates and initializes/.test(text) && text;
  });
  assert.equal(words.match(/after .?read.? returns/g).length, 1, `said once: ${words}`);
  await page.waitForTimeout(300);
  await shot('vscode-golang.png');
  say('the hovers of both');
  await page.keyboard.press('Escape');

  // An edit that both follow: gopls complains, heapls' hint goes; undone, both come back.
  await row('return b').click();
  await page.keyboard.press('End');
  await page.keyboard.press('Shift+Home');
  await page.keyboard.type('_ = b; return missing');
  await until("gopls' complaint", async () => (await editor.locator('.squiggly-error').count()) > 0);
  await undoAll();
  await until('the hints are back', both);
  await until('no complaint', async () => (await editor.locator('.squiggly-error').count()) === 0);
  say('an edit followed by both');

  // Go to definition is gopls', the toggle is of heapls' hints only.
  await page.keyboard.press('Control+Alt+h');
  await until("heapls' hints hidden, gopls' shown", async () => /b\s*\[\]byte\s*:= make\(\[\]byte, 32\)\s*$/.test(await line(make)));
  await page.keyboard.press('Control+Alt+h');
  await until('both shown', both);
  await command('Go: Locate Configured Go Tools');
  await bar().waitFor();
  const said = (await toasts()).filter((text) => /heapls|conflict|duplicate|already/i.test(text));
  assert.deepEqual(said, [], 'no extension complains of the other');
  say('messages:', JSON.stringify(await toasts()).slice(0, 200));
}

// The extension looks for the tools in a login shell's PATH, which is not ours.
test('golang', golang, {
  file: 'main.go',
  extensions: [GOLANG],
  settings: {
    'go.alternateTools': { go: path.join(GOROOT, 'bin/go'), gopls: GOPLS },
    'go.toolsManagement.checkForUpdates': 'off',
    'go.survey.prompt': false,
    'go.showWelcome': false,
    'go.inlayHints.assignVariableTypes': true,
  },
  prepare: () => assert.ok(fs.existsSync(GOLANG) && fs.existsSync(GOPLS)),
});
