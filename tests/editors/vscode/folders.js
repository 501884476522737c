// A workspace of two folders with settings of their own: each folder's files are shown by its own settings, changed while it
// runs too; one server serves both while their settings are the same, else each has one; files that no folder holds are shown
// as well.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { say, serversOf, test, until } = require('./workbench');

const make = 'make([]byte, 32)';

function prepare(home, workspace) {
  const files = fs.readdirSync(workspace);
  for (const name of ['one', 'two']) {
    fs.mkdirSync(path.join(workspace, name));
    for (const file of files) fs.cpSync(path.join(workspace, file), path.join(workspace, name, file));
    fs.renameSync(path.join(workspace, name, 'main.go'), path.join(workspace, name, `${name}.go`));
  }
}

const servers = (home) => serversOf(home).length;

async function folders({ page, home, workspace, goto, remote, settings, lines, editorOf, command }) {
  const hinted = async (file, text, hint) => {
    const line = (await lines(editorOf(file))).find((each) => each.includes(text)) ?? '';
    return line.slice(line.indexOf(text) + text.length).trim().startsWith(hint) && line;
  };
  const plain = async (file, text) => {
    const line = (await lines(editorOf(file))).find((each) => each.includes(text)) ?? '';
    return line.trimEnd().endsWith(text);
  };
  const one = path.join(workspace, 'one');
  const two = path.join(workspace, 'two');
  const pair = 'a, b := new(int), new(int)';

  await until("one.go's hint", () => hinted('one.go', make, 'heap 32 B'));
  await until('two.go is open', async () => {
    await page.keyboard.press('Control+p');
    await page.locator('.quick-input-widget input').first().fill(path.join(two, 'two.go'));
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'two.go' }).first().waitFor();
    await page.keyboard.press('Control+Enter'); // to the side
    return editorOf('two.go').waitFor({ timeout: 10000 }).then(() => true).catch(() => false);
  });
  await until("two.go's hint", () => hinted('two.go', make, 'heap 32 B'));
  assert.ok(await plain('one.go', pair));
  await until('one server for two folders with the same settings', () => servers(home) === 1);
  say('two folders, one server');

  // Settings of one folder are its own.
  settings({ 'heapls.preset': 'all' }, two);
  await until('two.go shows the stack', async () => {
    const all = await lines(editorOf('two.go'));
    return all.some((line) => /new\(int\)\s*stack/.test(line));
  });
  await until('one.go has its hint', () => hinted('one.go', make, 'heap 32 B'));
  assert.ok(await plain('one.go', pair), 'the other folder keeps the default');
  await until('a server for each', async () => servers(home) === 2);
  say('two folders with settings of their own, two servers');

  // Changed while they run, with the servers that there are.
  settings({ 'heapls.preset': 'all', 'heapls.kinds.returned': false }, two);
  await until("two.go's kind is off", () => plain('two.go', make));
  assert.ok(await hinted('one.go', make, 'heap 32 B'), 'on in the other folder');
  settings({ 'heapls.kinds.returned': false }, one);
  await until("one.go's kind is off", () => plain('one.go', make));
  say('changed live, folder by folder');
  settings({}, one);
  settings({}, two);
  await until('both as before', async () => (await hinted('one.go', make, 'heap 32 B')) && (await hinted('two.go', make, 'heap 32 B')));
  await until('one server again', async () => servers(home) === 1);
  say('the same settings, one server');
}

test('folders', folders, { file: 'one/one.go', folders: ['one', 'two'], prepare, viewport: { width: 1400, height: 760 } });
