// The parts of the extension that need no editor: graphs and their layout, hovers, groups of folders, what the status says,
// the settings' schema against the server's table, the page's policy, and the bundle for browsers with no machine behind.
'use strict';
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const test = require('node:test');
const vm = require('node:vm');

const top = path.join(__dirname, '../../..');
const extension = path.join(top, 'editors/vscode');
const esbuild = require(path.join(extension, 'node_modules/esbuild'));
const manifest = JSON.parse(fs.readFileSync(path.join(extension, 'package.json'), 'utf8'));
const settings = Object.assign({}, ...manifest.contributes.configuration.map((part) => part.properties));

// A module of the extension's sources; those that ask for VS Code get `vscode`.
function load(name, vscode = {}) {
  const { outputFiles } = esbuild.buildSync({
    entryPoints: [path.join(extension, 'src', name)], bundle: true, platform: 'node', format: 'cjs', external: ['vscode'], write: false,
  });
  const module = { exports: {} };
  const wanted = (id) => (id === 'vscode' ? vscode : Module.createRequire(__filename)(id));
  vm.runInThisContext(`(function (module, exports, require) {${outputFiles[0].text}\n})`)(module, module.exports, wanted);
  return module.exports;
}

const range = (line, from, to = from) => ({ start: { line, character: from }, end: { line, character: to } });
const uri = 'file:///p/main.go';
const step = (text, line, from, code) => ({ text, gc: '', uri, range: range(line, from), code });
const path_ = (subject, line, steps, more = {}) => ({
  subject, kind: 'site', verdict: 'heap', code: 'heap/returned', hint: 'heap 8 B', title: 'Heap, 8 bytes.', advice: '', when: '', gc: '',
  why: 'It may be used after `f` returns: it is returned.', loop: false, stale: false, range: range(line, 6, 14), steps, ...more,
});

test('a path is a chain from the value to the heap, labelled with what happens', () => {
  const { graphOf } = load('paths/graph.ts');
  const made = { ...step('made here', 3, 6), range: range(3, 6, 14) };
  const one = path_('new(int)', 3, [made, step('assigned to `a`', 3, 3, 'a := new(int)'), step('returned', 4, 1, 'return a')]);
  const { nodes, edges } = graphOf([one], uri, one);
  assert.deepEqual(nodes.map((node) => node.text), ['new(int)', 'a := new(int)', 'return a', 'Heap']);
  assert.deepEqual(edges.map((edge) => edge.labels), [['assigned to `a`'], ['returned'], ['may be used after `f` returns']]);
  assert.equal(nodes[0].here, true);
  assert.equal(nodes[0].hint, 'heap 8 B');
  assert.equal(nodes[3].place, undefined);
});

test('steps at one place are one node, whose edge has all their labels', () => {
  const { graphOf } = load('paths/graph.ts');
  const steps = [step('put in an interface', 4, 9, 'a'), step('put in a slice', 4, 1, 'f(a)'), step('passed to `f`', 4, 1, 'f(a)')];
  const { nodes, edges } = graphOf([path_('new(int)', 3, steps)], uri);
  assert.equal(nodes.length, 4);
  assert.deepEqual(edges[1].labels, ['put in a slice', 'passed to `f`']);
});

test('values that pass the same place share its node, and all reach one heap', () => {
  const { graphOf } = load('paths/graph.ts');
  const shared = step('returned', 9, 1, 'return x');
  const { nodes, edges } = graphOf([path_('new(int)', 3, [shared]), path_('new(bool)', 4, [shared])], uri);
  assert.deepEqual(nodes.map((node) => node.text), ['new(int)', 'return x', 'new(bool)', 'Heap']);
  assert.equal(edges.length, 3);
});

test('a value that comes back to a place gets a node of its own there', () => {
  const { graphOf } = load('paths/graph.ts');
  const steps = [step('assigned', 4, 1, 'a = p'), step('stored', 5, 1, '*q = a'), step('assigned', 4, 1, 'a = p')];
  const { nodes } = graphOf([path_('new(int)', 3, steps)], uri);
  assert.equal(nodes.length, 5);
});

test('where paths end: heap, caller, stack; and the reason is the first clause', () => {
  const { graphOf, reasonOf } = load('paths/graph.ts');
  const end = (more) => graphOf([path_('x', 3, [], more)], uri).nodes.at(-1).text;
  assert.equal(end({}), 'Heap');
  assert.equal(end({ verdict: 'leaks', why: '`p` leaks to the heap: it is stored.' }), 'Heap');
  assert.equal(end({ verdict: 'leaks', why: "`p` leaks to result 0: the caller's value lives as long." }), 'Caller');
  assert.equal(end({ verdict: 'stack', why: 'Nobody can reach it after `f` returns: it is *shared down*.' }), 'Stack');
  assert.equal(reasonOf(path_('x', 3, [])), 'may be used after `f` returns');
  assert.equal(reasonOf(path_('x', 3, [], { why: 'It may be used after `(*T).f` returns: it is stored.' })), 'may be used after `(*T).f` returns');
  assert.equal(reasonOf(path_('x', 3, [], { why: '`append(a, f(b: c))` asks for a larger array (at times), and how often that is depends on the run.' })),
               'asks for a larger array');
  assert.equal(reasonOf(path_('x', 3, [], { why: 'It goes to `f(a, b, c, d, e, g)` and to all that it calls in turn, where it is kept: so.' })),
               'goes to `f(a, b, c, d, e, g)` and to all that it calls in turn');
  assert.equal(reasonOf(path_('x', 3, [], { why: 'Its size is not known at compile time.' })), 'its size is not known at compile time');
  assert.equal(reasonOf(path_('x', 3, [], { why: '`n` may be used after `f.func1` returns: so' })), 'may be used after `f.func1` returns');
});

test('the layout puts every edge downwards, with a cell for its label and one in each row that it crosses', () => {
  const { layOut } = load('paths/layout.ts');
  const node = (id, place = { uri, range: range(1, 1) }) => ({ id, kind: 'step', text: id, place, notes: [] });
  const nodes = [node('a'), node('b'), node('c'), node('heap', undefined)];
  const edges = [['a', 'b'], ['b', 'c'], ['c', 'heap'], ['a', 'heap']].map(([from, to]) => ({ from, to, labels: [`${from}${to}`] }));
  const { rows, lines } = layOut({ nodes, edges });
  const rowOf = (cell) => rows.findIndex((row) => row.includes(cell));
  assert.equal(rows.length, 7);
  for (const { from, to } of lines) assert.equal(rowOf(to), rowOf(from) + 1);
  assert.deepEqual(rows.map((row) => row.length), [1, 2, 2, 2, 2, 2, 1]);
  assert.equal(rows.flat().filter((cell) => cell.label).length, edges.length, 'one label an edge');
});

test('a circle among the places does not stop the layout', () => {
  const { layOut } = load('paths/layout.ts');
  const node = (id) => ({ id, kind: 'step', text: id, place: { uri, range: range(1, 1) }, notes: [] });
  const edges = [['a', 'b'], ['b', 'a'], ['b', 'b']].map(([from, to]) => ({ from, to, labels: [] }));
  const { rows } = layOut({ nodes: [node('a'), node('b')], edges });
  assert.deepEqual(rows.map((row) => row.length), [1, 1, 1]);
});

test('cells are ordered so that parallel ways do not cross', () => {
  const { layOut } = load('paths/layout.ts');
  const node = (id) => ({ id, kind: 'step', text: id, place: { uri, range: range(1, 1) }, notes: [] });
  const edges = [['a', 'y'], ['b', 'x']].map(([from, to]) => ({ from, to, labels: [] }));
  const { rows } = layOut({ nodes: ['a', 'b', 'x', 'y'].map(node), edges });
  const ids = (row) => row.map((cell) => cell.node.id).join('');
  assert.ok(['ab yx', 'ba xy'].includes(`${ids(rows[0])} ${ids(rows[2])}`), `${ids(rows[0])} ${ids(rows[2])}`);
});

test('a hover does not repeat the diagnostic above it, and is whole without one', () => {
  const { withoutRepetition } = load('hover.ts');
  const hover = ['**Heap, 32 bytes** each time `read` runs.', 'It is returned (*shared up*).', '**What may help:** pass it in.',
                 '**Path to the heap:**', '1. made here\n2. returned', "gc's words: `make` · live"].join('\n\n');
  const said = { message: '`make([]byte, 32)` in `read`: heap, 32 bytes each time it runs. It is returned (shared up).' };
  assert.deepEqual(withoutRepetition(hover, [], false), { value: hover, hasPath: true });
  assert.deepEqual(withoutRepetition(hover, [said], true), { value: "**What may help:** pass it in.\n\ngc's words: `make` · live", hasPath: true });
  assert.match(withoutRepetition(hover, [said], false).value, /1\. made here/, 'the steps stay when nothing lists them');
  assert.deepEqual(withoutRepetition('**Stack.**', [said], false), { value: '**Stack.**', hasPath: false });
});

test('what VS Code shows of a hint is its first two characters: elsewhere in it the hover is whole', () => {
  const { isShownAt } = load('hover.ts');
  const at = (line, character) => ({ line, character });
  assert.deepEqual([3, 4, 5, 9].map((character) => isShownAt(at(1, 3), true, at(1, character))), [true, true, false, false]);
  assert.equal(isShownAt(at(1, 3), true, at(2, 3)), false);
  assert.equal(isShownAt(at(1, 3), false, at(2, 9)), true, 'information is underlined as a whole');
});

test('a diagnostic says what helps, once', () => {
  const { withAdvice } = load('hover.ts');
  const diagnostic = { message: 'Heap.', data: { advice: 'What may help: pass it in.' } };
  withAdvice(diagnostic);
  withAdvice(diagnostic);
  assert.equal(diagnostic.message, 'Heap.\nWhat may help: pass it in.');
  const plain = { message: 'Not loaded.' };
  withAdvice(plain);
  assert.equal(plain.message, 'Not loaded.');
});

test('folders with the same settings share a server', () => {
  const { groupsOf, sameGroups } = load('groups.ts');
  const name = (folder) => folder;
  const groups = (all) => groupsOf(Object.keys(all), (folder) => all[folder]);
  assert.deepEqual(groups({ a: '1', b: '1', c: '2' }).map((group) => group.folders), [['a', 'b'], ['c']]);
  assert.equal(groups({}).length, 1, 'files in no folder have one');
  assert.ok(sameGroups(groups({ a: '1' }), groups({ a: '2', b: '2' }), name), 'a single server stays');
  assert.ok(sameGroups(groups({ a: '1', b: '2' }), groups({ a: '3', b: '2' }), name), 'new settings, the same folders');
  assert.ok(!sameGroups(groups({ a: '1', b: '2' }), groups({ a: '1', b: '1' }), name), 'two become one');
});

// Enough of VS Code for modules that make objects of it when they are loaded.
const stub = new Proxy(function () {}, { get: (target, key) => (key === Symbol.toPrimitive ? () => '' : stub), apply: () => stub, construct: () => stub });

test('the status says what is going on, and why when something is not as it should be', () => {
  const { reportOf } = load('status.ts', stub);
  const told = (more) => ({ state: 'ready', message: '', lines: ['go1.26.8 in /go'], note: '', go: { version: 'go1.26.8', root: '/go', rules: 'exact' }, ...more });
  const report = (server, more = {}) => reportOf({ server, preset: 'default', hintsShown: true, onDisk: true, ...more });
  const ready = report({ phase: 'running', detail: 'heapls 0.1.0', told: told() });
  assert.equal(ready.headline, 'heapls is ready, go1.26.8.');
  assert.deepEqual(ready.lines, ['go1.26.8 in /go', 'Preset: default. Hints: shown.', 'heapls 0.1.0']);
  assert.equal(report({ phase: 'running', detail: '', told: told({ note: '2 stale' }) }).note, '2 stale');
  assert.equal(report({ phase: 'running', detail: '', told: told() }, { hintsShown: false }).note, 'off');
  const loading = report({ phase: 'running', detail: '', told: told({ state: 'loading', message: 'Analysing packages: 3 of 9' }) });
  assert.ok(loading.busy && loading.headline === 'Analysing packages: 3 of 9');
  const noGo = report({ phase: 'running', detail: '', told: told({ state: 'error', message: 'Go was not found: set heapls.go.root.', note: 'no Go' }) });
  assert.ok(noGo.trouble && noGo.note === 'no Go' && /heapls\.go\.root/.test(noGo.headline));
  const missing = report({ phase: 'missing', detail: 'The heapls program was not found.' });
  assert.ok(missing.trouble && missing.lines[0] === 'The heapls program was not found.');
  assert.ok(report({ phase: 'starting', detail: '' }).busy);
  assert.ok(report({ phase: 'stopped', detail: '' }).trouble && report(undefined).trouble);
  assert.match(report(undefined, { onDisk: false }).headline, /no file on disk/);
});

test('every setting is described, every choice too, and none is twice in the order', () => {
  for (const [name, { markdownDescription, enum: choices, enumDescriptions, scope }] of Object.entries(settings)) {
    assert.ok(markdownDescription?.endsWith('.') || markdownDescription?.endsWith(')'), `${name}: ${markdownDescription}`);
    assert.equal(enumDescriptions?.length, choices?.length, name);
    assert.ok(scope, `${name} has a scope`);
  }
  const orders = manifest.contributes.configuration[0].properties;
  assert.equal(new Set(Object.values(orders).map(({ order }) => order)).size, Object.keys(orders).length);
});

test('programs and compilers are not chosen by folders that are not trusted', () => {
  const { untrustedWorkspaces, virtualWorkspaces } = manifest.capabilities;
  assert.equal(untrustedWorkspaces.supported, 'limited');
  assert.deepEqual(untrustedWorkspaces.restrictedConfigurations, ['heapls.path', 'heapls.go.root', 'heapls.go.gcflags', 'heapls.go.buildFlags']);
  assert.equal(virtualWorkspaces.supported, 'limited');
  assert.deepEqual(manifest.extensionKind, ['workspace']);
});

test('every command that is used is contributed, and the pictures of the walkthrough are there', () => {
  const names = manifest.contributes.commands.map(({ command }) => command);
  const { keybindings, menus, walkthroughs } = manifest.contributes;
  for (const { command } of [...keybindings, ...Object.values(menus).flat()]) assert.ok(names.includes(command), command);
  for (const { description, media } of walkthroughs[0].steps) {
    assert.doesNotMatch(description.replace(/\*\*[^*]+\*\*/g, ''), /[*_`]/, 'of markdown the steps know **bold** and links only');
    for (const [, command] of description.matchAll(/command:(heapls\.\w+)/g)) assert.ok(names.includes(command), command);
    const file = path.join(extension, media.image ?? media.markdown);
    assert.ok(fs.statSync(file).size > (media.image ? 5000 : 100), file);
    assert.ok(!media.image || media.altText.length > 20, 'pictures are described');
  }
});

test("the walkthrough's first step waits for the keys that the extension sets", () => {
  const { keys } = load('walkthrough.ts', stub);
  const { completionEvents } = manifest.contributes.walkthroughs[0].steps[0];
  assert.deepEqual(completionEvents.filter((event) => event.startsWith('onContext:')), keys.map((key) => `onContext:${key}`));
});

test('the lock file names no registry', () => {
  assert.ok(!/"resolved"|https?:\/\/[^"]*registry/.test(fs.readFileSync(path.join(extension, 'package-lock.json'), 'utf8')));
});

test("the extension's page has no picture and no link that leads nowhere", async () => {
  const { pageOf } = await import(path.join(extension, 'page.mjs'));
  const page = '# A\n\n![One](../media/one.png)\n\nText, [words](../README.md), [web](https://x.y).\n\n![Two](../media/two.png)\n\nEnd.\n';
  assert.equal(pageOf(page, ''), '# A\n\nPictures: in the walkthrough, by the command *heapls: Get Started*.\n\nText, words, [web](https://x.y).\n\nEnd.\n');
  assert.match(pageOf(page, 'https://x.y/media/'), /!\[One\]\(https:\/\/x\.y\/media\/one\.png\)[^]*!\[Two\]\(https:\/\/x\.y\/media\/two\.png\)/);
});

test('the package carries the licences of what is bundled into it', () => {
  const listed = execFileSync('python3', ['-c', 'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print("\\n".join(z.namelist())); print(z.read("extension/dist/ThirdPartyNotices.txt").decode())',
                                          path.join(extension, 'heapls.vsix')], { encoding: 'utf8' });
  for (const name of ['package.json', 'LICENSE.txt', 'dist/extension.js', 'dist/browser.js', 'dist/view.js', 'reasons.md', 'README.md']) assert.ok(listed.includes(`extension/${name}\n`), name);
  for (const name of ['vscode-languageclient', 'vscode-jsonrpc', 'vscode-languageserver-protocol', 'vscode-languageserver-types', 'minimatch', 'semver', 'balanced-match', 'brace-expansion']) {
    assert.match(listed, new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\((MIT|ISC)\\)$`, 'm'), name);
  }
  assert.match(listed, /Microsoft Corporation[^]*The ISC License/);
  assert.ok(!/node_modules|\.ts\n/.test(listed.split('heapls for VS Code has')[0]), 'and no sources');
});

test('the page has a strict policy and asks for nothing from elsewhere', () => {
  const view = fs.readFileSync(path.join(extension, 'src/paths/view.ts'), 'utf8');
  assert.match(view, /default-src 'none'; style-src \$\{this\.webview\.cspSource\}; script-src 'nonce-\$\{nonce\}'/);
  for (const name of ['view.js', 'view.css']) {
    const text = fs.readFileSync(path.join(extension, 'dist', name), 'utf8').replaceAll('http://www.w3.org/2000/svg', '');
    assert.ok(!/https?:|url\(|@import|innerHTML|eval\(|\.style\b/.test(text), name);
  }
  const css = fs.readFileSync(path.join(extension, 'dist/view.css'), 'utf8');
  assert.ok(!/#[0-9a-f]{3,8}\b(?=[;}])|rgba?\(/i.test(css), 'no colours but the theme\'s');
});

test('in a browser with no machine the bundle loads without Node.js and says what it needs', async () => {
  const said = [];
  const registered = [];
  const made = [];
  const object = (more = {}) => (made.push(more), { show() { this.shown = true; }, dispose() {}, ...more });
  let view;
  const bar = object();
  const language = object();
  const vscode = {
    languages: { createLanguageStatusItem: () => language },
    window: {
      createStatusBarItem: () => bar,
      showInformationMessage: (text) => { said.push(text); return Promise.resolve(); },
      registerWebviewViewProvider: (_, provider) => { view = provider; return object(); },
    },
    commands: { registerCommand: (name, run) => { registered.push([name, run]); return object(); }, executeCommand: () => Promise.resolve() },
    LanguageStatusSeverity: { Warning: 1 },
    StatusBarAlignment: { Right: 2 },
  };
  const kept = new Map();
  const context = { subscriptions: [], globalState: { get: (key) => kept.get(key), update: async (key, value) => void kept.set(key, value) } };
  // As a browser's worker has it: no process, no Buffer, no other module than VS Code's.
  const module = { exports: {} };
  const wanted = (id) => { if (id !== 'vscode') throw new Error(`${id} is not there in a browser`); return vscode; };
  const sandbox = vm.createContext({ module, exports: module.exports, require: wanted });
  vm.runInContext(fs.readFileSync(path.join(extension, 'dist/browser.js'), 'utf8'), sandbox);
  module.exports.activate(context);
  assert.match(said[0], /needs a machine/);
  assert.match(said[0], /SSH|codespace/);
  assert.match(language.text, /needs a machine/);
  assert.ok(bar.shown);
  assert.deepEqual(registered.map(([name]) => name).sort(), manifest.contributes.commands.map(({ command }) => command).sort());
  registered[0][1]();
  assert.equal(said.length, 2, 'a command says it again');
  const webview = {};
  view.resolveWebviewView({ webview });
  assert.match(webview.html, /needs a machine/);
  module.exports.activate(context);
  assert.equal(said.length, 2, 'but it is not said at every start');
});
