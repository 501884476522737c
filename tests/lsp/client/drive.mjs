// Drives the heapls server with vscode-jsonrpc and vscode-languageserver-protocol, over the whole protocol surface.
//   node drive.mjs HEAPLS SAMPLE_MODULE
import { createRequire } from 'node:module';
import { spawn } from 'node:child_process';
import { readFileSync, cpSync, mkdtempSync, rmSync, appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import assert from 'node:assert/strict';
const require = createRequire(import.meta.url);
const rpc = require('vscode-jsonrpc/node');
const lsp = require('vscode-languageserver-protocol/node');
const types = require('vscode-languageserver-types');

const [binary, sample] = process.argv.slice(2);
const directory = mkdtempSync(join(tmpdir(), 'heapls-'));
cpSync(sample, directory, { recursive: true });
const file = join(directory, 'main.go');
const uri = pathToFileURL(file).toString();
const source = readFileSync(file, 'utf8');
const whole = { start: { line: 0, character: 0 }, end: { line: 10000, character: 0 } };
let checks = 0;
const ok = (name, value) => { assert.ok(value, name); checks++; };
const equal = (name, got, want) => { assert.deepEqual(got, want, name); checks++; };

// Every request and notification must be one that the protocol library knows (or our own namespace).
const known = new Set(Object.values(lsp).flatMap(v => (v && v.type && v.type.method ? [v.type.method] : v && typeof v.method === 'string' ? [v.method] : [])));
known.add('$/progress'); known.add('$/logTrace'); known.add('window/logMessage');

let sessions = 0;
class Client {
  constructor(capabilities, options = {}) {
    this.capabilities = capabilities;
    this.process = spawn(binary, options.arguments ?? ['--stdio'], { stdio: ['pipe', 'pipe', options.stderr ?? 'ignore'], env: { ...process.env, ...options.env } });
    const reader = new rpc.StreamMessageReader(this.process.stdout), writer = new rpc.StreamMessageWriter(this.process.stdin);
    if (process.env.HEAPLS_TRAFFIC) { // for metamodel.py
      const file = join(process.env.HEAPLS_TRAFFIC, `drive-${process.pid}-${sessions++}.jsonl`);
      const record = (from, message) => appendFileSync(file, JSON.stringify({ from, message }) + '\n');
      const listen = reader.listen.bind(reader), write = writer.write.bind(writer);
      reader.listen = callback => listen(message => { record('server', message); callback(message); });
      writer.write = message => { record('client', message); return write(message); };
    }
    this.connection = lsp.createProtocolConnection(reader, writer);
    this.settings = options.settings ?? {};
    this.diagnostics = [];
    this.log = [];
    this.shown = [];
    this.refreshes = 0;
    this.registrations = [];
    this.progress = [];
    const c = this.connection;
    c.onRequest(lsp.ConfigurationRequest.type, params => params.items.map(() => this.settings));
    c.onRequest(lsp.RegistrationRequest.type, params => { this.registrations.push(...params.registrations); });
    c.onRequest(lsp.InlayHintRefreshRequest.type, () => { this.refreshes++; });
    c.onRequest(lsp.DiagnosticRefreshRequest.type, () => {});
    c.onRequest(lsp.CodeLensRefreshRequest.type, () => {});
    c.onRequest(lsp.WorkDoneProgressCreateRequest.type, () => {});
    c.onNotification(lsp.PublishDiagnosticsNotification.type, params => { this.diagnostics.push(params); });
    c.onNotification(lsp.LogMessageNotification.type, params => { ok('log level', params.type >= 1 && params.type <= 4); this.log.push(params); });
    c.onNotification(lsp.ShowMessageNotification.type, params => { this.shown.push(params.message); });
    c.onUnhandledNotification(message => { ok('known notification ' + message.method, known.has(message.method) || message.method.startsWith('heapls/')); if (message.method === '$/progress') this.progress.push(message.params); });
    c.listen();
    this.exited = new Promise(resolve => this.process.on('exit', resolve));
  }
  async start(more = {}) {
    this.server = await this.connection.sendRequest(lsp.InitializeRequest.type, { processId: process.pid, rootUri: pathToFileURL(directory).toString(), workspaceFolders: [{ uri: pathToFileURL(directory).toString(), name: 'sample' }], capabilities: this.capabilities, ...more });
    await this.connection.sendNotification(lsp.InitializedNotification.type, {});
    return this.server;
  }
  async open(text = source, version = 1) {
    await this.connection.sendNotification(lsp.DidOpenTextDocumentNotification.type, { textDocument: { uri, languageId: 'go', version, text } });
  }
  async change(version, ...contentChanges) {
    await this.connection.sendNotification(lsp.DidChangeTextDocumentNotification.type, { textDocument: { uri, version }, contentChanges });
  }
  hints(range = whole) { return this.connection.sendRequest(lsp.InlayHintRequest.type, { textDocument: { uri }, range }); }
  hover(line, character) { return this.connection.sendRequest(lsp.HoverRequest.type, { textDocument: { uri }, position: { line, character } }); }
  async until(condition, what) {
    for (let i = 0; i < 1200; i++) { if (condition()) return; await new Promise(r => setTimeout(r, 50)); }
    assert.fail('timed out: ' + what);
  }
  async analysed(version) {
    for (let i = 0; i < 1200; i++) {
      const state = await this.connection.sendRequest('heapls/documentText', { textDocument: { uri } });
      if (!state.waiting && state.analysed >= version) return;
      await new Promise(r => setTimeout(r, 25));
    }
    assert.fail('never analysed');
  }
  async stop() {
    await this.connection.sendRequest(lsp.ShutdownRequest.type);
    await this.connection.sendNotification(lsp.ExitNotification.type);
    equal('exit code', await this.exited, 0);
    this.connection.dispose();
  }
}

const full = {
  general: { positionEncodings: ['utf-8', 'utf-16'] },
  window: { workDoneProgress: true },
  workspace: { configuration: true, workspaceFolders: true, didChangeConfiguration: { dynamicRegistration: true }, didChangeWatchedFiles: { dynamicRegistration: true }, inlayHint: { refreshSupport: true }, codeLens: { refreshSupport: true }, diagnostics: { refreshSupport: true } },
  textDocument: { synchronization: { didSave: true }, hover: { contentFormat: ['markdown', 'plaintext'] }, inlayHint: { resolveSupport: { properties: ['tooltip'] } }, publishDiagnostics: { relatedInformation: true, codeDescriptionSupport: true, dataSupport: true, versionSupport: true },
    codeLens: {}, codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix'] } } } },
};
const label = hint => (typeof hint.label === 'string' ? hint.label : hint.label.map(p => p.value).join(''));

async function modern() {
  const c = new Client(full);
  const { capabilities } = await c.start();
  equal('encoding', capabilities.positionEncoding, 'utf-16');
  await c.open();
  let hints = await c.hints();
  for (const h of hints) ok('is an inlay hint', types.InlayHint.is(h));
  const lineOf = text => source.split('\n').findIndex(l => l.includes(text));
  const at = (list, line) => list.filter(h => h.position.line === line).map(label);
  equal('shared up', at(hints, lineOf('b := make([]byte, 32)')), ['heap 32 B']);
  equal('shared down', at(hints, lineOf('a, b := new(int), new(int)')), []);
  equal('moved', at(hints, lineOf('n := 0')), ['moved to heap 8 B']);
  ok('in a loop', at(hints, lineOf('out = append')).some(l => l.includes('in loop')));
  const resolved = await c.connection.sendRequest(lsp.InlayHintResolveRequest.type, hints[0]);
  ok('resolved tooltip', resolved.tooltip.value.includes('**Heap, 32 bytes**'));
  equal('asked range only', (await c.hints({ start: { line: 0, character: 0 }, end: { line: 5, character: 0 } })).length, 0);
  const hover = await c.hover(lineOf('b := make([]byte, 32)'), 8);
  ok('is a hover', types.Hover.is(hover));
  ok('hover says why', hover.contents.value.includes('it is returned to the caller'));
  ok('hover gives advice', hover.contents.value.includes('Read(p []byte)'));
  const parameter = await c.hover(lineOf('func fill(p []byte)'), 10);
  ok('hover on a parameter', parameter.contents.value.includes('stays'));
  const fn = await c.hover(lineOf('func fill(p []byte)'), 6);
  ok('hover on a function', fn.contents.value.includes('Inlinable'));
  equal('hover on nothing', await c.hover(0, 0), null);
  await c.until(() => c.diagnostics.length, 'diagnostics');
  for (const d of c.diagnostics.at(-1).diagnostics) ok('is a diagnostic', types.Diagnostic.is(d) && d.source === 'heapls' && d.code && d.severity >= 3);
  ok('related information', c.diagnostics.at(-1).diagnostics.some(d => d.relatedInformation?.length));
  const lenses = await c.connection.sendRequest(lsp.CodeLensRequest.type, { textDocument: { uri } });
  ok('lenses', lenses.length === 8 && lenses.every(l => types.CodeLens.is(l)));
  const line = lineOf('b := make([]byte, 32)');
  const actions = await c.connection.sendRequest(lsp.CodeActionRequest.type, { textDocument: { uri }, range: { start: { line, character: 6 }, end: { line, character: 6 } }, context: { diagnostics: [] } });
  ok('an action hides the line', actions.length === 1 && types.CodeAction.is(actions[0]));
  ok('registrations', c.registrations.some(r => r.method === 'workspace/didChangeWatchedFiles') && c.registrations.some(r => r.method === 'workspace/didChangeConfiguration'));
  // an edit: hints move at once, and the new site shows up
  await c.change(2, { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: '// é😀\n\n' });
  hints = await c.hints();
  equal('moved with the text', at(hints, line + 2), ['heap 32 B']);
  const insert = lineOf('return b') + 2;
  await c.change(3, { range: { start: { line: insert, character: 0 }, end: { line: insert, character: 0 } }, text: '\t_ = "😀"; global = new(int)\n' });
  await c.change(4, { range: { start: { line: insert + 3, character: 0 }, end: { line: insert + 3, character: 0 } }, text: 'var global *int\n' });
  await c.analysed(4);
  hints = await c.hints();
  const added = hints.filter(h => h.position.line === insert);
  equal('the new site', added.map(label), ['heap 8 B']);
  equal('its column in utf-16', added[0].position.character, '\t_ = "😀"; global = new(int)'.length);
  // broken code keeps the last good findings, stale; the neighbours stay live
  await c.change(5, { range: { start: { line: insert + 1, character: 0 }, end: { line: insert + 1, character: 0 } }, text: '\tx := (\n' });
  await c.analysed(5);
  hints = await c.hints();
  ok('stale', hints.some(h => h.position.line === insert && label(h).includes('stale')));
  ok('neighbours are live', hints.some(h => !label(h).includes('stale')));
  // settings
  c.settings = { preset: 'all' };
  const refreshes = c.refreshes;
  await c.change(6, { text: source });
  await c.connection.sendNotification(lsp.DidChangeConfigurationNotification.type, { settings: null });
  await c.analysed(6);
  await c.until(() => c.refreshes > refreshes, 'refresh');
  hints = await c.hints();
  ok('preset all shows the stack', at(hints, lineOf('a, b := new(int), new(int)')).filter(l => l === 'stack').length >= 1);
  c.settings = { preset: 'loud' };
  await c.connection.sendNotification(lsp.DidChangeConfigurationNotification.type, { settings: null });
  await c.until(() => c.shown.some(m => m.includes('heapls.preset')), 'complaint about the setting');
  c.settings = { hints: { enable: false } };
  await c.connection.sendNotification(lsp.DidChangeConfigurationNotification.type, { settings: null });
  for (let i = 0; i < 100 && (await c.hints()).length; i++) await new Promise(r => setTimeout(r, 20));
  equal('hints switched off', (await c.hints()).length, 0);
  // the rest of the surface
  const cancel = new rpc.CancellationTokenSource();
  const pending = c.connection.sendRequest(lsp.HoverRequest.type, { textDocument: { uri }, position: { line: 1, character: 1 } }, cancel.token);
  cancel.cancel();
  await pending.catch(error => equal('cancelled', error.code, lsp.LSPErrorCodes.RequestCancelled));
  await c.connection.trace(rpc.Trace.Verbose, { log() {} });
  await c.connection.sendNotification(lsp.DidChangeWatchedFilesNotification.type, { changes: [{ uri: pathToFileURL(join(directory, 'other.go')).toString(), type: 1 }] });
  await c.connection.sendNotification(lsp.DidChangeWorkspaceFoldersNotification.type, { event: { added: [], removed: [] } });
  await c.connection.sendNotification(lsp.DidSaveTextDocumentNotification.type, { textDocument: { uri } });
  equal('command', await c.connection.sendRequest(lsp.ExecuteCommandRequest.type, { command: 'heapls.preset', arguments: ['quiet'] }), 'quiet');
  await assert.rejects(c.connection.sendRequest('heapls/unknown', {}), { code: rpc.ErrorCodes.MethodNotFound });
  await assert.rejects(c.connection.sendRequest(lsp.HoverRequest.type, { textDocument: { uri: 'file:///not/open.go' }, position: { line: 0, character: 0 } }), { code: rpc.ErrorCodes.InvalidParams });
  await c.connection.sendNotification(lsp.DidCloseTextDocumentNotification.type, { textDocument: { uri } });
  await c.until(() => c.diagnostics.at(-1).diagnostics.length === 0, 'cleared diagnostics');
  await c.stop();
}

async function pull() {
  const c = new Client({ ...full, textDocument: { ...full.textDocument, diagnostic: {} } });
  await c.start();
  await c.open();
  const report = await c.connection.sendRequest(lsp.DocumentDiagnosticRequest.type, { textDocument: { uri } });
  ok('full report', report.kind === 'full' && report.items.length > 5);
  const again = await c.connection.sendRequest(lsp.DocumentDiagnosticRequest.type, { textDocument: { uri }, previousResultId: report.resultId });
  equal('unchanged report', again.kind, 'unchanged');
  equal('nothing is pushed to who pulls', c.diagnostics.length, 0);
  await c.stop();
}

// Clients that lack something: correct diagnostics and hover all the same.
async function old(name, capabilities) {
  const c = new Client(capabilities);
  await c.start();
  await c.open();
  await c.until(() => c.diagnostics.length, name + ': diagnostics');
  ok(name + ': diagnostics', c.diagnostics.at(-1).diagnostics.length > 5);
  const hover = await c.hover(8, 8);
  const value = hover.contents.value;
  ok(name + ': hover', value.includes('32 bytes'));
  if (!capabilities.textDocument?.hover) ok(name + ': plain text', !value.includes('**'));
  equal(name + ': no registration unasked', c.registrations.length, 0);
  equal(name + ': no refresh unasked', c.refreshes, 0);
  await c.change(2, { text: source.replace('make([]byte, 32)', 'make([]byte, 64)') });
  ok(name + ': hints wait for the newest text', (await c.hints()).some(h => label(h) === 'heap 64 B'));
  await c.stop();
}

async function encodings() {
  for (const [asked, got] of [[['utf-8'], 'utf-8'], [['utf-32'], 'utf-32'], [['utf-32', 'utf-8'], 'utf-8'], [['utf-8', 'utf-16'], 'utf-16'], [undefined, 'utf-16']]) {
    const c = new Client({ general: { positionEncodings: asked } });
    equal('encoding of ' + asked, (await c.start()).capabilities.positionEncoding, got);
    await c.stop();
  }
}

async function missingGo() {
  const c = new Client(full, { env: { GOROOT: '/nonexistent', PATH: '' } });
  await c.start();
  await c.open();
  const hints = await c.hints();
  await c.until(() => c.shown.length, 'says that Go is missing');
  ok('still answers without Go', hints.some(h => label(h).startsWith('heap')));
  await c.stop();
}

try {
  await modern();
  await pull();
  await old('nothing at all', {});
  await old('no dynamic registration', { textDocument: { hover: { contentFormat: ['markdown'] } } });
  await encodings();
  await missingGo();
  console.log(`ok ${checks} checks`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
process.exit(0);
