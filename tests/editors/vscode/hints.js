// The hints of a line as VS Code draws them, read from the page: of all hints of a line it draws so many characters, cuts the
// one that goes beyond, and leaves out what follows. Nothing is cut and nothing missing, in a file with every kind of line.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { say, test, until } = require('./workbench');

const source = `package main

import "fmt"

type point struct{ x, y, z int }

func four(a, b, c, d int) {
	fmt.Println(a, b, c, d)
}

func mixed(n int, s string, f float64) (*point, []byte, error) {
	return &point{x: n}, []byte(s), fmt.Errorf("%d %s %v %v", n, s, f, point{})
}

func loop(n int) (all []any) {
	for i := 0; i < n; i++ {
		all = append(all, i, fmt.Sprint(i), float64(i))
	}
	return all
}

func two(a int) { fmt.Println(a, new(int)) }
`;

// What is drawn behind the code of a line: its hints, wherever they stand.
async function drawn(line, text) {
  const shown = (await line(text)).trim();
  return shown.startsWith(text) ? shown.slice(text.length).trim() : shown;
}

async function hints({ page, line, settings, goTo, shot, hoverOver }) {
  await goTo('1:1'); // hints near the cursor are held back
  const call = 'fmt.Println(a, b, c, d)';
  await until('one hint of four arguments', async () => (await drawn(line, call)) === '4 × heap 8 B if not 0–255');
  const two = /func two\(a int\) \{ fmt\.Println\(a\s*heap 8 B if not 0–255\s*, new\(int\)\s*heap 8 B\s*\) \}/;
  await until('what fits stands where it belongs', async () => two.test(await line('func two')));
  const all = () => Promise.all(['fmt.Println(a, b', 'return &point', 'all = append(', 'func two'].map((text) => line(text)));
  const lines = await all();
  say(lines.map((each) => each.trim()).join('\n        '));
  assert.ok(!lines.some((each) => each.includes('…')), 'nothing is cut');
  assert.match(lines[1], /on error: heap n B, 24 B, \+4 more\s*$/);
  assert.match(lines[2], /in loop: heap 16 B, \+4 more\s*$/);
  await shot('vscode-hints-of-a-line.png');

  // What the hint of a line does not say itself, its tooltip says.
  const tooltip = await hoverOver(call, /4\s×\sheap/, (text) => /a, b, c, d:/.test(text), 60);
  say('tooltip:', JSON.stringify(tooltip.slice(0, 100)));
  await page.keyboard.press('Escape');

  settings({ 'heapls.hints.placement': 'line end' });
  await page.mouse.move(600, 20);
  const end = /func two\(a int\) \{ fmt\.Println\(a, new\(int\)\) \}\s*heap 8 B, 8 B if not 0–255\s*$/;
  await until('one hint at the end of the line', async () => end.test(await line('func two')));
  assert.ok(!(await all()).some((each) => each.includes('…')), 'nothing is cut');
}

test('hints', hints, {
  file: 'main.go',
  prepare: (_, workspace) => fs.writeFileSync(path.join(workspace, 'main.go'), `${source}\nfunc main() {}\n`),
});
