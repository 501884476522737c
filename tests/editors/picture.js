// picture.js SCREEN PNG: a picture of a terminal's screen as `tmux capture-pane -e` wrote it, drawn by Chromium.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { chromium } = require(path.join(process.env.EDITORS, 'playwright/node_modules/playwright-core'));

const basic = ['#000000', '#cd3131', '#0dbc79', '#e5e510', '#2472c8', '#bc3fbc', '#11a8cd', '#e5e5e5',
               '#666666', '#f14c4c', '#23d18b', '#f5f543', '#3b8eea', '#d670d6', '#29b8db', '#ffffff'];
const ground = '#14161b', ink = '#e0e2ea';

function indexed(n) {
  if (n < 16) return basic[n];
  if (n >= 232) return `rgb(${Array(3).fill(8 + 10 * (n - 232))})`;
  const level = (i) => (i ? 55 + 40 * i : 0);
  n -= 16;
  return `rgb(${[level(Math.floor(n / 36)), level(Math.floor(n / 6) % 6), level(n % 6)]})`;
}

// Applies the parameters of one SGR sequence to a style.
function apply(style, parameters) {
  const list = parameters.split(/[;]/);
  for (let i = 0; i < list.length; i++) {
    const [head, detail] = list[i].split(':');
    const code = Number(head || 0);
    if (code === 0) for (const key of Object.keys(style)) delete style[key];
    else if (code === 1) style.bold = true;
    else if (code === 2) style.dim = true;
    else if (code === 3) style.italic = true;
    else if (code === 4) style.underline = detail !== '0';
    else if (code === 7) style.reverse = true;
    else if (code === 22) style.bold = style.dim = false;
    else if (code === 23) style.italic = false;
    else if (code === 24) style.underline = false;
    else if (code === 27) style.reverse = false;
    else if (code === 38 || code === 48 || code === 58) {
      const name = { 38: 'color', 48: 'back', 58: 'line' }[code];
      if (list[i].includes(':')) {
        const parts = list[i].split(':').map(Number);
        style[name] = parts[1] === 5 ? indexed(parts[2]) : `rgb(${parts.slice(-3)})`;
      } else if (list[i + 1] === '5') {
        style[name] = indexed(Number(list[i + 2]));
        i += 2;
      } else {
        style[name] = `rgb(${list.slice(i + 2, i + 5)})`;
        i += 4;
      }
    } else if (code === 39) delete style.color;
    else if (code === 49) delete style.back;
    else if (code === 59) delete style.line;
    else if (code >= 30 && code <= 37) style.color = basic[code - 30];
    else if (code >= 40 && code <= 47) style.back = basic[code - 40];
    else if (code >= 90 && code <= 97) style.color = basic[code - 82];
    else if (code >= 100 && code <= 107) style.back = basic[code - 92];
  }
}

function css(style) {
  let color = style.color ?? ink, back = style.back ?? '';
  if (style.reverse) [color, back] = [style.back ?? ground, style.color ?? ink];
  return [`color:${color}`, back && `background:${back}`, style.bold && 'font-weight:bold', style.italic && 'font-style:italic',
          style.dim && 'opacity:.6', style.underline && `text-decoration:underline ${style.line ?? ''}`].filter(Boolean).join(';');
}

const escape = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

function html(screen) {
  const style = {};
  let out = '';
  for (const piece of screen.split(/(\x1b\[[0-9;:]*m)/)) {
    const sequence = /^\x1b\[([0-9;:]*)m$/.exec(piece);
    if (sequence) apply(style, sequence[1]);
    else if (piece) out += `<span style="${css(style)}">${escape(piece.replace(/\x1b[^m]*m?|\x0e|\x0f/g, ''))}</span>`;
  }
  return `<body style="margin:0;background:${ground}"><pre style="display:inline-block;margin:8px;font:14px/16px 'DejaVu Sans Mono'">${out}</pre>`;
}

(async () => {
  const [from, to] = process.argv.slice(2);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
  const page = await browser.newPage({ viewport: { width: 1000, height: 700 } });
  await page.setContent(html(fs.readFileSync(from, 'utf8').replace(/\n+$/, '')));
  await page.locator('pre').screenshot({ path: to });
  await browser.close();
})();
