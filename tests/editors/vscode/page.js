// What the package brings along to be read: the extension's page with its pictures, the page that the codes of diagnostics link
// to, and the walkthrough, whose steps are ticked when they are done.
'use strict';
const assert = require('node:assert');
const { say, test, until } = require('./workbench');

async function page_({ page, editor, line, row, command, shot, editorOf, cursor }) {
  const make = 'make([]byte, 32)';
  await until('the hint', async () => /make\(\[\]byte, 32\)\s*heap 32 B/.test(await line(make)));

  // A code in a hover: a click opens the packed page at its heading.
  const hover = page.locator('.monaco-hover:not(.hidden)', { hasText: /after .?read.? returns/ }).first();
  await row(make).getByText('make', { exact: true }).first().hover();
  await hover.getByText('heap/returned').first().click();
  const opened = page.locator('.editor-instance .monaco-editor[data-uri$="/reasons.md"]').first();
  await opened.waitFor();
  assert.match(await opened.getAttribute('data-uri'), /\/extensions\/heapls\.heapls-[^/]+\/reasons\.md$/, 'the page of the package');
  await until('the heading of the code', async () => {
    const [at] = await cursor();
    const shown = await editorOf('reasons.md').locator('.view-line').allInnerTexts();
    return at > 1 && shown.some((text) => text.replace(/\u00a0/g, ' ').trim() === '## returned');
  });
  await page.keyboard.press('Control+w');
  say('a code leads to its paragraph');

  // The extension's page.
  await command('Extensions: Show Installed Extensions');
  await page.locator('.extensions-list .monaco-list-row', { hasText: 'heapls' }).first().click();
  const readme = () => page.frameLocator('iframe.webview.ready >> nth=-1').frameLocator('iframe#active-frame');
  await until('the page', async () => (await readme().locator('h1', { hasText: 'heapls for VS Code' }).count().catch(() => 0)) > 0);
  // Of the page's pictures VS Code shows what comes by https: what is there must be that, or else stand where files are shown.
  const pictures = await readme().locator('body img').evaluateAll((images) => images.map((image) => image.getAttribute('src') ?? ''));
  assert.deepEqual(pictures.filter((address) => !address.startsWith('https://')), [], 'no picture is broken');
  const text = await readme().locator('body').innerText();
  assert.match(text, /heap 32 B/);
  if (pictures.length === 0) assert.match(text, /Pictures: in the walkthrough, by the command heapls: Get Started\./);
  const links = await readme().locator('body a').evaluateAll((all) => all.map((each) => each.getAttribute('href') ?? each.dataset.href ?? ''));
  assert.deepEqual(links.filter((address) => address && !/^(https?:|#|command:)/.test(address)), [], 'no link to what is not there');
  await page.waitForTimeout(500);
  await shot('vscode-page.png');
  say('the page, with nothing broken');
  await page.keyboard.press('Control+w');

  // The walkthrough: no markdown that it does not know, and its steps are ticked.
  await command('View: Close Primary Side Bar');
  await command('heapls: Get Started');
  const steps = page.locator('.getting-started-step');
  await until('the steps of the walkthrough', async () => (await steps.count()) >= 6);
  const words = await page.locator('.getting-started-steps-container, .gettingStartedContainer').first().innerText();
  for (const step of await steps.all()) {
    await step.click();
    assert.doesNotMatch(await step.innerText(), /[*`]/, 'no marks in the text');
  }
  assert.doesNotMatch(words, /\*\w/, words);
  const ticked = (title) => steps.filter({ hasText: title }).locator('.codicon-getting-started-step-checked.complete, .codicon.complete');
  await until('the first step is ticked: the server runs', async () => (await ticked('Have the server at hand').count()) > 0, 20000);
  say('the first step is ticked');
  for (const [title, picture] of [['Read the hints', 'hints.png'], ['Ask why', 'hover.png'], ['Follow the path', 'path.png']]) {
    await steps.filter({ hasText: title }).first().click();
    await until(`the picture ${picture}`, async () =>
      (await page.locator('.gettingStartedContainer img').evaluateAll((all) => all.map((image) => [image.currentSrc, image.naturalWidth])))
        .some(([address, width]) => decodeURIComponent(address).includes(picture) && width > 100));
  }
  say('its pictures');
  await command('heapls: Toggle Hints');
  await until('the second step is ticked by its command', async () => (await ticked('Read the hints').count()) > 0, 20000);
  await command('heapls: Toggle Hints');
  say('walkthrough');
}

test('page', page_, { file: 'main.go' });
