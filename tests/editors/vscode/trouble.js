// When something is missing or wrong: no program, a program that is none, a bad setting, no Go, a server that ends; each is
// said where the user looks, with a way forward, and is over when it is put right. And the walkthrough; and VS Code with no
// machine for the extension. Leaves the picture walkthrough.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { say, serversOf, test, until } = require('./workbench');

const make = 'make([]byte, 32)';

async function trouble({ page, home, workspace, line, command, settings, goTo, bar, shot }) {
  const hinted = async () => /make\(\[\]byte, 32\)\s*heap 32 B/.test(await line(make));
  const toast = (text) => page.locator('.notification-toast', { hasText: text }).first();
  const dismiss = async () => {
    await command('Notifications: Clear All Notifications');
    await until('no messages', async () => (await page.locator('.notification-toast').count()) === 0);
  };
  await until('the hint', hinted);

  // The status, by a click: facts and what can be done.
  await bar().click();
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Restart the server' }).first().waitFor();
  assert.ok((await page.locator('.quick-input-list').innerText()).includes('go1.'), 'the Go version');
  await page.keyboard.press('Escape');
  await page.mouse.move(500, 300);
  await goTo('1:1'); // off the bar, whose tooltip lies over the messages

  // A setting that makes no sense is named, and the default is kept.
  settings({ 'heapls.preset': 'loud' });
  await toast(/heapls\.preset is "loud", which is not one of quiet, default, all; the default is used: default/).waitFor();
  await until('the hint under a bad setting', hinted);
  settings({});
  await dismiss();
  say('a bad setting is named');

  // No Go: said in the status, and verdicts go on as well as they can.
  settings({ 'heapls.go.root': path.join(home, 'no-go-here') });
  await page.locator('.statusbar-item', { hasText: /heapls (no Go|.*)/ }).first().waitFor();
  await until('the status says that Go is missing', async () => {
    const label = await bar().getAttribute('aria-label');
    return /Go/.test(label ?? '') && /not found|no Go/i.test(label ?? '') && label;
  });
  say('no Go:', await bar().getAttribute('aria-label'));
  settings({});
  await until('Go is found again', async () => /is ready, go1/.test((await bar().getAttribute('aria-label')) ?? ''));
  await until('the hint with Go', hinted);
  await dismiss();

  // A program that is not there; one that is no server; and back.
  settings({ 'heapls.path': path.join(workspace, 'no-such-program') });
  const missing = toast('which is not a program');
  await missing.waitFor();
  for (const way of ['Open Settings', 'How to Install', 'Try Again']) await missing.getByText(way).waitFor();
  await until('the status says so', async () => /can't start/.test((await bar().getAttribute('aria-label')) ?? ''));
  say('a missing program is reported, with ways forward');
  fs.symlinkSync(path.join(home, 'bin/heapls'), path.join(workspace, 'no-such-program'));
  await missing.getByText('Try Again').click();
  await until('hints after trying again', hinted);
  settings({ 'heapls.path': '/bin/false' });
  await toast('heapls did not start').waitFor();
  settings({});
  await until('hints of a server started again', hinted);
  await dismiss();
  say('a program that is no server is reported');

  // A server that dies is started again.
  const running = () => serversOf(home);
  await until('one server', () => running().length === 1);
  const [pid] = running();
  assert.ok(pid, 'the server runs');
  process.kill(pid, 'SIGKILL');
  await until('another server', async () => running().length > 0 && running()[0] !== pid);
  await until('hints of the new server', hinted);
  say('a server that dies is started again');

  // The command for the output opens its channel.
  await command('heapls: Show Output');
  const channel = page.locator('.part.panel select option:checked, .part.panel .monaco-select-box').first();
  await until('the output channel', async () => /heapls/.test(await channel.evaluate((each) => each.value || each.textContent)));
  await page.keyboard.press('Control+j');
  say('output opened');

  // The walkthrough, its steps and pictures.
  await command('heapls: Get Started');
  const steps = page.locator('.getting-started-step');
  await until('the steps of the walkthrough', async () => (await steps.count()) >= 6);
  await command('View: Close Primary Side Bar').catch(() => {});
  await steps.filter({ hasText: 'Follow the path to the heap' }).first().click();
  await page.locator('.getting-started-step.expanded', { hasText: 'Click a place to go there' }).waitFor();
  await page.waitForTimeout(3000); // its picture, for ours
  await shot('vscode-walkthrough.png');
  say('walkthrough with pictures');
}

test('trouble', trouble, { file: 'main.go' });
