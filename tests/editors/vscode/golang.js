// Go's own extension (golang.go) and heapls in one window: each has its hints, hovers, diagnostics and lenses, and neither
// says a word about the other.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { say, test, until } = require('./workbench');

const { GOLANG, GOPLS, GOROOT } = process.env;
const make = 'make([]byte, 32)';

// What Ctrl+. lists, headings and all, at the cursor.
async function listed(page, wanted) {
  const widget = page.locator('.action-widget');
  return until(`the actions with ${wanted}`, async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+.');
    await widget.getByText(wanted).first().waitFor({ timeout: 10000 }).catch(() => {});
    const texts = (await widget.locator('.monaco-list-row').allInnerTexts().catch(() => [])).map((text) => text.trim());
    return texts.some((text) => text.includes(wanted)) && texts;
  });
}

async function actions({ page, line, goTo, undoAll, hoverOver }) {
  const hide = 'Hide what heapls says about this line';
  const path = 'Show the path to the heap';
  // The call's arguments can be split by gopls.
  await goTo('47:40');
  const all = await listed(page, hide);
  say('actions:', all.join(' | '));
  assert.equal(all.at(-1), hide, 'the last');
  assert.ok(all.includes(path));
  const others = all.filter((text) => ![hide, path, 'More Actions...', 'More Actions…'].includes(text));
  assert.ok(others.length > 0, "gopls' stand before");
  assert.ok(!all.some((text) => /quick fix/i.test(text)), `nothing of it is a fix: ${all}`);
  // The first of all, by the keyboard, where gopls has none: not what hides.
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await goTo('30:15');
  const mine = await listed(page, hide);
  say('actions:', mine.join(' | '));
  await page.keyboard.press('Enter');
  await page.waitForTimeout(1000);
  assert.ok(!(await line('a := new(int)')).includes('heapls:ignore'), 'Ctrl+. and Enter never suppress');
  const tab = page.locator('.tab', { hasText: 'Path to the Heap' });
  await tab.waitFor();
  await tab.click({ button: 'middle' });

  // An import that is missing has no path to the heap; gopls' fixes come first there.
  await goTo('5:1');
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.keyboard.type('import _ "example.com/none"');
  await page.locator('.squiggly-error').first().waitFor();
  await goTo('6:16');
  await hoverOver('example.com/none', /example/, (text) => text.includes('unknown/import'));
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+.');
  await page.waitForTimeout(3000);
  const there = await page.locator('.action-widget').innerText().catch(() => '');
  say('actions of a missing import:', there.replace(/\s+/g, ' ').slice(0, 200));
  assert.ok(!there.includes(path), there);
  await page.keyboard.press('Escape');
  await undoAll();
}

async function golang({ page, editor, line, row, goTo, hoverOver, bar, command, undoAll, shot }) {
  const toasts = async () => (await page.locator('.notification-toast').allInnerTexts()).map((text) => text.replace(/\s+/g, ' '));
  // gopls' hint is in the declaration, heapls' at its end.
  const both = async () => /b\s*\[\]byte\s*:= make\(\[\]byte, 32\)\s*heap 32 B/.test(await line(make));
  await until('the hints of both', both);
  say('hints:', (await line(make)).trim());
  await page.locator('.codelens-decoration', { hasText: '1 heap' }).first().waitFor();

  // What helps is in the first lines, and all that heapls says is above gopls' type and documentation: at the start of the
  // expression, where VS Code shows the diagnostic, and further on, where it does not.
  for (const [word, x] of [['make', 3], ['byte', 12]]) {
    const words = await hoverOver(make, word, (text) => {
      const [path, type] = [text.search(/Show the path to the heap/), text.search(/func make\(|type byte/)];
      return path >= 0 && type >= 0 && path < type;
    }, x);
    const lines = words.split('\n').filter((each) => each.trim());
    const help = lines.findIndex((each) => /What may help:/.test(each));
    assert.ok(help >= 0 && help < 3, words);
    for (const said of [/What may help:/g, /after .?read.? returns/g]) assert.equal(words.match(said).length, 1, `said once: ${words}`);
  }
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

  await actions({ page, line, goTo, undoAll, hoverOver });

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
