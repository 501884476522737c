// The view "Path to the Heap" in VS Code: it takes nobody's place, it follows the cursor, a click on a node leads to the place, so do the keys; a
// function's graph by its code lens; edits and broken code; pinned; in an editor of its own; in a light theme; and nothing in
// it breaks its content security policy. Leaves the pictures path and graph.
'use strict';
const assert = require('node:assert');
const { say, test, until } = require('./workbench');

async function pathView({ page, line, row, click, command, settings, cursor, goTo, undoAll, shot, path }) {
  const refused = [];
  page.on('console', (message) => /content security policy/i.test(message.text()) && /view\.(js|css)|dist\//.test(message.text()) && refused.push(message.text()));
  const texts = async () => (await path().locator('.node .text').allInnerTexts()).map((text) => text.replace(/\s+/g, ' '));
  const heading = async () => ((await path().locator('h2').allInnerTexts())[0] ?? '').replace(/\s+/g, ' ');
  const shows = (...wanted) => async () => JSON.stringify(await texts()) === JSON.stringify(wanted);
  const node = (text) => path().locator('.node', { hasText: text }).first();

  await until('the hint', async () => /heap 32 B/.test(await line('make([]byte, 32)')));
  // A click on the line over a function, and the command: an editor beside, the Explorer stays.
  const explorer = page.locator('.explorer-folders-view');
  const tab = page.locator('.tab', { hasText: 'Path to the Heap' });
  await command('View: Show Explorer');
  await explorer.waitFor();
  await goTo('9:7');
  await page.locator('.codelens-decoration a', { hasText: '1 heap' }).first().click();
  await tab.waitFor();
  await until('the graph of read', async () => /1 value of read goes to the heap/.test(await heading()));
  assert.ok(await explorer.isVisible(), 'the Explorer stays');
  assert.ok((await page.locator('.editor-instance .monaco-editor.focused').count()) > 0, 'and the focus in the code');
  await command('heapls: Show the Path to the Heap');
  await until('the path of make, in the same editor', async () => /Heap, 32 bytes/.test(await heading()));
  assert.equal(await tab.count(), 1);
  assert.ok(await explorer.isVisible(), 'the Explorer stays');
  await tab.click({ button: 'middle' });
  say('a lens and the command leave the Explorer');

  // The view in the side bar, which the user has opened: then that is used.
  await command('View: Show heapls');
  await click('make([]byte, 32)', 'make');
  await command('heapls: Show the Path to the Heap');
  const read = ['make([]byte, 32)', 'b := make([]byte, 32)', 'return b', 'Heap'];
  await until('the path of make', shows(...read));
  assert.deepEqual((await path().locator('.label').allInnerTexts()).map((text) => text.trim()),
                   ['assigned to b', 'returned', 'may be used after read returns']);
  assert.match(await heading(), /Heap, 32 bytes each time read runs/);
  assert.match(await path().locator('header').innerText(), /What helps:/);
  assert.ok((await path().locator('.lines .arrow').count()) >= 3, 'edges are drawn');
  say('path:', (await texts()).join(' → '));

  // A click leads to the place, and the view stays with the value.
  await node('return b').click();
  await until('the cursor at return b', async () => (await cursor()).join() === '10,5');
  await node('make([]byte, 32)').click();
  await until('the cursor at make', async () => (await cursor())[0] === 9);
  assert.deepEqual(await texts(), read, 'the view keeps its path while one walks along it');
  say('clicks lead to the places');

  // The keyboard: one tab stop, arrows along the edges, Space goes there and stays, Enter goes there.
  assert.equal(await path().locator('.node[tabindex="0"]').count(), 1);
  await path().locator('.node[tabindex="0"]').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  const focused = () => path().locator('.node:focus .text').innerText();
  assert.equal(await focused(), 'return b');
  await page.keyboard.press(' ');
  await until('the cursor by Space', async () => (await cursor()).join() === '10,5');
  assert.equal(await focused(), 'return b', 'the focus stays');
  assert.match(await path().locator('.node:focus').getAttribute('aria-label'), /^returned: step return b, main\.go line 10$/);
  await page.keyboard.press('Home');
  assert.equal(await focused(), 'make([]byte, 32)');
  await page.keyboard.press('Enter');
  await until('the editor has the focus', async () => (await page.locator('.monaco-editor.focused').count()) > 0);
  assert.match(await path().locator('#status').textContent(), /Heap, 32 bytes each time read runs\. 4 places\./);
  say('keys and labels for screen readers');

  // It follows the cursor: to a value that stays, and to a function with none at the cursor.
  await row('a, b := new(int)').getByText('new', { exact: true }).first().click();
  await until('a value that stays on the stack', shows('new(int)', 'Stack'));
  await goTo('35:7');
  await until('all of counter', async () => /2 values of counter go to the heap/.test(await heading()));
  assert.equal((await texts()).filter((text) => text === 'Heap').length, 1, 'one heap for all');
  say('follows the cursor:', (await texts()).join(' | '));

  // An edit is followed: with the value returned no more, its path goes; undone, it is back.
  await goTo('1:1');
  await click('make([]byte, 32)', 'make');
  await until('make again', shows(...read));
  await row('return b').click();
  await page.keyboard.press('End');
  await page.keyboard.press('Shift+Home');
  await page.keyboard.type('_ = b; return nil');
  await until('nothing of read goes to the heap', async () => /Nothing in .*goes to the heap|Nothing here goes/.test(await path().locator('body').innerText()));
  await undoAll();
  await until('the path is back', async () => (await texts()).includes('return b'));
  say('follows edits');

  // Code that does not parse: what was known is shown, and called stale.
  await click('make([]byte, 32)', 'make');
  await until('make once more', shows(...read));
  await page.keyboard.press('Home');
  await page.keyboard.type('x := (');
  await page.keyboard.press('Enter');
  await click('make([]byte, 32)', 'make');
  await path().locator('.notice', { hasText: 'Stale' }).waitFor();
  assert.ok((await texts()).includes('make([]byte, 32)'));
  say('stale:', await path().locator('.notice').innerText());
  await undoAll();
  await until('fresh again', async () => (await path().locator('.notice').count()) === 0);

  // Pinned, it stays.
  await click('make([]byte, 32)', 'make');
  await until('make before pinning', shows(...read));
  await path().locator('.pin').click();
  await path().locator('.pin[aria-pressed="true"]').waitFor();
  await row('a, b := new(int)').getByText('new', { exact: true }).first().click();
  await page.waitForTimeout(1500);
  assert.deepEqual(await texts(), read, 'pinned');
  await path().locator('.pin').click();
  await until('unpinned, it follows', shows('new(int)', 'Stack'));
  say('pinned and released');
  await click('make([]byte, 32)', 'make');
  await until('make for the picture', shows(...read));
  await page.waitForTimeout(500);
  await shot('vscode-path.png');
  await shot('walkthrough-path.png', { clip: { x: 48, y: 36, width: 276, height: 500 } });

  // A function's graph by its code lens, then in an editor of its own.
  await goTo('47:1');
  await until('the graph of lines', async () => {
    await page.waitForTimeout(1500); // lenses are made anew after an edit: a click on an old one is lost
    await page.locator('.codelens-decoration a', { hasText: 'in a loop' }).first().click();
    await page.waitForTimeout(1500);
    return /4 values of lines go to the heap/.test(await heading());
  });
  // In a side bar there is no room for four side by side: each value has a line, and its graph behind it.
  const parts = path().locator('details.part');
  assert.equal(await parts.count(), 4);
  assert.equal(await path().locator('details.part[open]').count(), 1, 'one is open');
  assert.match((await parts.nth(1).locator('summary').innerText()).replace(/\s+/g, ' '), /^\S+ heap .*main\.go:47$/);
  await parts.nth(1).locator('summary').click();
  await until('another one opened, with its lines', async () => (await parts.nth(1).locator('.lines .arrow').count()) > 1);
  const cut = () => path().locator('.scroll').evaluate((scroll) => [scroll, ...scroll.querySelectorAll('.node, .label, summary')]
    .filter((each) => each.getClientRects().length > 0 && (each.scrollWidth > each.clientWidth + 1 || each.getBoundingClientRect().right > document.documentElement.clientWidth))
    .map((each) => `${each.className} ${each.textContent} ${each.scrollWidth} > ${each.clientWidth}, ${each.getBoundingClientRect().right}`));
  assert.deepEqual(await cut(), [], 'nothing is cut off');
  await shot('vscode-list.png');
  await parts.nth(1).locator('.node.value').focus();
  await page.keyboard.press('End');
  assert.equal(await path().locator('.node:focus .text').innerText(), 'Heap', 'the keys go along the graph that has the focus');
  say('graph:', (await texts()).join(' | '));
  assert.equal(await tab.count(), 0, 'the view is used while it is to be seen');
  await command('heapls: Show the Path to the Heap in an Editor');
  await page.locator('.tab', { hasText: 'Path to the Heap' }).waitFor();
  await command('View: Toggle Primary Side Bar Visibility');
  await command('Notifications: Clear All Notifications');
  await until('the graph in the editor', async () => /4 values of lines go to the heap/.test(await heading()));
  await until('side by side', async () => (await path().locator('details.part').count()) === 0 && (await path().locator('.node.value').count()) === 4);
  await page.waitForTimeout(700);
  await shot('vscode-graph.png');
  await node('return out').click();
  await until('a click in the panel leads to the editor', async () => (await cursor())[0] === 49);
  assert.ok((await line('return out')).includes('return out'), 'the file is shown beside the panel');
  settings({ 'workbench.colorTheme': 'Default Light Modern' });
  await page.locator('.monaco-workbench.vs:not(.vs-dark)').waitFor();
  await page.waitForTimeout(700);
  await shot('vscode-graph-light.png');
  settings({ 'workbench.colorTheme': 'Default High Contrast' });
  await page.locator('.monaco-workbench.hc-black').waitFor();
  await page.waitForTimeout(700);
  await shot('vscode-graph-contrast.png');
  assert.deepEqual(refused, [], 'nothing was refused by the content security policy');
}

test('path', pathView, { file: 'main.go', viewport: { width: 1100, height: 720 } });
