// What a user of VS Code sees: hint, diagnostic, hover with the reason, an edit followed, hints toggled by key, a setting
// changed while it runs, the path to the heap, and a server that is not there.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { say, test, until } = require('./workbench');

async function ui({ page, workspace, editor, line, shot }) {
  const make = 'make([]byte, 32)';
  const hinted = async () => /make\(\[\]byte, 32\)\s*heap 32 B/.test(await line(make));
  const bare = async () => (await line(make)).trimEnd().endsWith(make);
  const row = (text) => editor.locator('.view-line', { hasText: text }).first();
  const hovers = (text) => page.locator('.monaco-hover:not(.hidden)', { hasText: text }).first();
  const settings = (values) => {
    fs.mkdirSync(path.join(workspace, '.vscode'), { recursive: true });
    fs.writeFileSync(path.join(workspace, '.vscode/settings.json'), JSON.stringify(values));
  };

  await until('the hint', hinted, 60000);
  say('hint:', (await line(make)).trim());
  await editor.locator('.squiggly-hint, .squiggly-info').first().waitFor();
  assert.equal(await editor.locator('.squiggly-error, .squiggly-warning').count(), 0, 'never warnings or errors');
  say('diagnostic drawn');
  const bar = page.locator('.statusbar-item', { hasText: 'heapls' }).first();
  await bar.waitFor();

  // Hover with the reason.
  await row(make).getByText('make', { exact: true }).first().hover();
  const hover = hovers(/after .?read.? returns/);
  await hover.waitFor();
  assert.match(await hover.innerText(), /32 bytes/);
  say('hover:', JSON.stringify((await hover.innerText()).slice(0, 120)));
  await page.waitForTimeout(300);
  await shot('vscode-hover.png');
  await page.mouse.move(900, 600);
  await page.keyboard.press('Escape');
  await hover.waitFor({ state: 'hidden' });

  // An edit is followed: a value that is not returned stays on the stack. Undone, it leaves again.
  await row('return b').click();
  await page.keyboard.press('End');
  await page.keyboard.press('Shift+Home');
  let before = Date.now();
  await page.keyboard.type('_ = b; return nil');
  await until('the hint goes', bare);
  say(`edit followed in ${Date.now() - before} ms (typing included)`);
  await until('the diagnostic goes', async () => (await page.locator('.view-overlays').count()) > 0 && (await bare()));
  for (let tries = 0; tries < 40 && !(await line('return b')).trim().startsWith('return b'); tries++) {
    await page.keyboard.press('Control+z');
  }
  await until('the hint is back', hinted);
  say('undo followed');

  // The key toggles hints, and the status bar says so.
  await page.keyboard.press('Control+Alt+h');
  await until('hints hidden', bare);
  await page.locator('.statusbar-item', { hasText: 'heapls off' }).waitFor();
  await page.keyboard.press('Control+Alt+h');
  await until('hints shown', hinted);
  say('toggled by key');

  // A setting changed while it runs.
  const pair = 'a, b := new(int), new(int)';
  assert.doesNotMatch(await line('a, b := new(int)'), /stack/);
  settings({ 'heapls.preset': 'all' });
  await until('preset all shows the stack', async () => /new\(int\)\s*stack/.test(await line('a, b := new(int)')));
  await shot('vscode-all.png');
  settings({ 'heapls.preset': 'default' });
  await until('preset default hides it', async () => (await line('a, b := new(int)')).trimEnd().endsWith(pair));
  say('preset changed live');

  // The path to the heap, in its view.
  await row(make).getByText('make', { exact: true }).first().click();
  await page.keyboard.press('F1');
  await page.keyboard.type('heapls: Show the Path');
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Path to the Heap' }).first().waitFor();
  await page.keyboard.press('Enter');
  const steps = page.locator('.pane', { hasText: 'Path to the Heap' }).locator('.monaco-list-row');
  await until('steps in the view', async () => (await steps.count()) >= 2);
  say('path view:', (await steps.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').slice(0, 60)));
  await page.waitForTimeout(300);
  await shot('vscode-path.png');

  // A server that is not there: said clearly, with a way out.
  settings({ 'heapls.path': path.join(workspace, 'no-such-program') });
  const notice = page.locator('.notification-toast', { hasText: 'which is not a program' });
  await notice.waitFor();
  await notice.getByText('Open Settings').waitFor();
  say('a missing server is reported');
  settings({});
  await until('hints of a server started again', hinted);
}

test('ui', ui, { file: 'main.go' });
