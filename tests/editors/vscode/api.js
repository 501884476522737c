// Runs api_test.js in VS Code's extension host, the extension installed from its .vsix, with an extension beside that starts
// gopls where there is one.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { OUT, say, test } = require('./workbench');

async function api({ page, home, remote, goto }) {
  const beside = path.join(home, 'beside');
  fs.cpSync(path.join(__dirname, 'beside'), beside, { recursive: true });
  fs.symlinkSync(path.join(__dirname, '../../../editors/vscode/node_modules'), path.join(beside, 'node_modules'));
  let ended;
  const end = new Promise((resolve) => (ended = resolve));
  const log = fs.createWriteStream(path.join(OUT, 'api.log')); // the whole extension host's; ours begin with "test:"
  await page.exposeFunction('codeAutomationLog', (type, words) => {
    const text = words.map(String).join(' ');
    log.write(`${type} ${text}\n`);
    if (text.startsWith('test:')) say(text.slice(6));
  });
  await page.exposeFunction('codeAutomationExit', (code) => ended(code));
  await goto([
    ['extensionDevelopmentPath', remote(beside)],
    ['extensionTestsPath', remote(path.join(__dirname, 'api_test.js'))],
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
  ]);
  const limit = new Promise((_, reject) => setTimeout(() => reject(new Error('no end of the tests in 10 min')), 600000).unref());
  const code = await Promise.race([end, limit]);
  if (code) throw new Error(`the tests in the extension host ended with ${code}`);
}

test('api', api, { payload: true, smokeTests: true });
