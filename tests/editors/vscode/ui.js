// What a user of VS Code sees: hint, diagnostic, hover with the reason and its links, an edit followed, hints toggled by key,
// a setting changed while it runs, code lens, code action, the hover by command, the status and the comparison with the
// compiler. Leaves the pictures hover, hints, status.
'use strict';
const assert = require('node:assert');
const { say, test, until } = require('./workbench');

async function ui({ page, editor, line, row, click, hoverOver, command, settings, undoAll, shot, bar, path }) {
  const make = 'make([]byte, 32)';
  const hinted = async () => /make\(\[\]byte, 32\)\s*heap 32 B/.test(await line(make));
  const bare = async () => (await line(make)).trimEnd().endsWith(make);
  const hovers = (text) => page.locator('.monaco-hover:not(.hidden)', { hasText: text }).first();
  const squiggles = () => editor.locator('.squiggly-hint, .squiggly-info').count();

  await until('the hint', hinted);
  say('hint:', (await line(make)).trim());
  await editor.locator('.squiggly-hint, .squiggly-info').first().waitFor();
  assert.equal(await editor.locator('.squiggly-error, .squiggly-warning').count(), 0, 'never warnings or errors');
  const drawn = await squiggles();
  await page.locator('.codelens-decoration', { hasText: '1 heap' }).first().waitFor();
  say('diagnostic and code lens drawn');
  await shot('vscode-hints.png');
  await shot('walkthrough-hints.png', { clip: { x: 330, y: 60, width: 560, height: 540 } });

  // Hover with the reason, and a link to the path view; further on in the expression, where VS Code shows no diagnostic, it has
  // all of it too.
  const complete = (text) => /32 bytes/.test(text) && /after .?read.? returns/.test(text) && /What may help:/.test(text) && /Show the path/.test(text);
  for (const [word, x] of [['byte', 12], ['make', 3]]) {
    const text = await hoverOver(make, word, complete, x);
    for (const said of [/32 bytes/g, /after .?read.? returns/g, /What may help:/g]) assert.equal(text.match(said).length, 1, `said once: ${text}`);
    say(`hover over ${word}:`, JSON.stringify(text.slice(0, 120)));
  }
  const hover = hovers(/after .?read.? returns/);
  await page.waitForTimeout(300);
  await shot('vscode-hover.png');
  await shot('walkthrough-hover.png', { clip: { x: 330, y: 176, width: 760, height: 330 } });
  await hover.getByText('Show the path to the heap').click();
  await until('the path by the hover\'s link', async () => (await path().locator('.node').count()) >= 3);
  say('the hover leads to the path view');
  await command('View: Toggle Primary Side Bar Visibility');

  // An edit is followed: a value that is not returned stays on the stack. Undone, it leaves again.
  await row('return b').click();
  await page.keyboard.press('End');
  await page.keyboard.press('Shift+Home');
  const before = Date.now();
  await page.keyboard.type('_ = b; return nil');
  await until('the hint goes', bare);
  say(`edit followed in ${Date.now() - before} ms (typing included)`);
  await until('its diagnostic goes', async () => (await squiggles()) < drawn);
  await undoAll();
  await until('the hint is back', hinted);
  say('undo followed');

  // The key toggles hints, and the status bar says so.
  await page.keyboard.press('Control+Alt+h');
  await until('hints hidden', bare);
  await page.locator('.statusbar-item', { hasText: 'heapls off' }).waitFor();
  await page.keyboard.press('Control+Alt+h');
  await until('hints shown', hinted);
  say('toggled by key');

  // A setting changed while it runs; then the preset by its picker, which writes where it was set.
  const pair = 'a, b := new(int), new(int)';
  const stack = async () => /new\(int\)\s*stack/.test(await line('a, b := new(int)'));
  const noStack = async () => (await line('a, b := new(int)')).trimEnd().endsWith(pair);
  assert.ok(await noStack());
  settings({ 'heapls.preset': 'all' });
  await until('preset all shows the stack', stack);
  await command('heapls: Select Preset');
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'quiet' }).first().click();
  await until('preset quiet shows loops only', async () => (await bare()) && (await noStack()));
  settings({ 'heapls.preset': 'default' });
  await until('preset default shows it again', async () => (await hinted()) && (await noStack()));
  settings({ 'heapls.hints.enable': false });
  await until('hints off by the setting', bare);
  settings({ 'heapls.codeLens.enable': false });
  await until('hints on by the setting', hinted);
  await until('lenses off', async () => (await page.locator('.codelens-decoration', { hasText: 'heap' }).count()) === 0);
  settings({});
  await page.locator('.codelens-decoration', { hasText: '1 heap' }).first().waitFor();
  say('preset, hints and lenses changed live');

  // Explain: from the start of the line to the hover of what stands in it, with the focus there.
  await click(make, 'b');
  await command('heapls: Explain at the Cursor');
  await hovers(/after .?read.? returns/).waitFor();
  await page.keyboard.press('Escape');
  say('explained at the cursor');

  // A code action leads to the path view, another hides the line.
  await click(make, 'make');
  await until('the code action', async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+.');
    const menu = page.locator('.action-widget');
    await menu.getByText('Show the path to the heap').first().waitFor({ timeout: 10000 }).catch(() => {});
    return (await menu.getByText('Show the path to the heap').count()) > 0;
  });
  await page.locator('.action-widget').getByText('Hide what heapls says about this line').first().click();
  await until('the comment of the code action', async () => (await line(make)).includes('//heapls:ignore'));
  await until('its hint goes', async () => !(await line(make)).includes('heap 32 B'));
  await page.keyboard.press('Control+z');
  await until('the hint is back after undoing', hinted);
  say('code actions');

  // The status: what the server told, and what the compiler says when it is asked.
  await bar().hover();
  const tip = page.locator('.workbench-hover, .monaco-hover', { hasText: 'heapls is ready' }).first();
  await until('the status with the Go version and the rules', async () => /go1\.\d+/.test(await tip.innerText()) && /rules of go1/.test(await tip.innerText()));
  await page.waitForTimeout(300);
  await shot('vscode-status.png');
  await page.mouse.move(600, 300);
  await command('heapls: Compare with the Go Compiler');
  const notice = page.locator('.notification-toast', { hasText: /compiler (dis)?agrees|could not ask/ }).first();
  await notice.waitFor();
  const agreement = await notice.innerText();
  if (process.env.GO) assert.match(agreement, /compiler agrees with all \d+ lines/);
  say('compared:', agreement.replace(/\s+/g, ' ').slice(0, 100));
  if (process.env.GO) {
    await page.mouse.move(600, 300);
    await bar().hover();
    await page.locator('.workbench-hover, .monaco-hover', { hasText: /compiler agrees with all/ }).first().waitFor();
    say('the agreement stands in the status');
  }
  await output({ page, command, settings, click });
}

// The output channel has what the extension does and what the server says, as much as the setting wants.
async function output({ page, command, settings, click }) {
  if (!process.env.SPDLOG) return say('no native log: the output channel is not looked at');
  await command('heapls: Show Output');
  const panel = page.locator('.part.panel .view-lines');
  const shown = async () => ((await panel.innerText().catch(() => '')) ?? '').replace(/\u00a0/g, ' ');
  await until('what was started', async () => /\[info\] Starting .*heapls \(from heapls\.path\)/.test(await shown()));
  say('output:', (await shown()).trim().split('\n').at(-1));
  settings({ 'heapls.log.level': 'debug' });
  await until('how long an analysis took', async () => {
    await click('make([]byte, 32)', 'make');
    await page.keyboard.press('End');
    await page.keyboard.type(' ');
    await page.waitForTimeout(400);
    return /main\.go: \d+\.\d+ s/.test(await shown());
  });
  say('output:', (await shown()).trim().split('\n').at(-1));
  settings({});
}

test('ui', ui, { file: 'main.go' });
