'use strict';
const { LanguageClient } = require('vscode-languageclient/node');

let client;
exports.activate = async () => {
  if (!process.env.GOPLS) return;
  const env = { ...process.env, PATH: process.env.TEST_PATH };
  client = new LanguageClient('gopls', 'gopls', { command: process.env.GOPLS, options: { env } }, {
    documentSelector: [{ scheme: 'file', language: 'go' }],
    initializationOptions: { hints: { assignVariableTypes: true } },
  });
  await client.start();
};
exports.deactivate = () => client?.stop();
