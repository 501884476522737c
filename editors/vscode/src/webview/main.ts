// The page of the view "Path to the Heap": draws the graph that the extension sends, and tells it where the user goes.
// Nodes are buttons in the order of reading, one of them in the tab order, the arrow keys go along the edges; lines are
// drawn behind them from where the layout put the cells, and are hidden from screen readers, which hear the labels.
import { layOut, type Cell, type Layout } from "../paths/layout";
import type { FromView, GraphNode, Place, ToView, ViewState } from "../paths/protocol";

interface Api {
  postMessage(message: FromView): void;
  setState(state: ViewState): void;
  getState(): ViewState | undefined;
}
declare function acquireVsCodeApi(): Api;

const api = acquireVsCodeApi();
const svgNames = "http://www.w3.org/2000/svg";
let layout: Layout = { rows: [], lines: [] };
let elements = new Map<Cell, HTMLElement>();
let focusedNode = ""; // the id of the node that has or had the focus

function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  className = "",
  text = "",
  attributes: Record<string, string> = {},
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  return made;
}

// `code` and *emphasis* as elements.
function rich(text: string): (Node | string)[] {
  return text.split(/(`[^`]*`|\*[^*\s][^*]*\*)/).map((part) => {
    if (part.length > 2 && part.startsWith("`")) {
      return element("code", "", part.slice(1, -1));
    }
    return part.length > 2 && part.startsWith("*") ? element("em", "", part.slice(1, -1)) : part;
  });
}

const plain = (text: string): string => text.replace(/[`*]/g, "");

const nameOf = (place: Place): string =>
  `${decodeURIComponent(place.uri.slice(place.uri.lastIndexOf("/") + 1))}:${place.range.start.line + 1}`;

function go(place: Place | undefined, keepFocus: boolean): void {
  if (place) {
    api.postMessage({ type: "go", place, keepFocus });
  }
}

// ---- The graph

const kindNames: Record<GraphNode["kind"], string> = {
  value: "value",
  step: "step",
  heap: "end",
  caller: "end",
  stack: "end",
};

function ariaLabel(cell: Cell, node: GraphNode): string {
  const ways = cell.above.flatMap((label) => label.edge?.labels ?? []).map(plain);
  const where = node.place ? `, ${nameOf(node.place).replace(":", " line ")}` : "";
  const parts = [
    ways.length > 0 ? `${[...new Set(ways)].join(", ")}: ` : "",
    `${kindNames[node.kind]} ${node.text}`,
    where,
  ];
  return parts.join("") + (node.hint ? `, ${node.hint}` : "") + (node.here ? ", at the cursor" : "");
}

function nodeElement(cell: Cell, node: GraphNode): HTMLElement {
  const classes = ["node", node.kind, node.here ? "here" : ""].filter(Boolean).join(" ");
  const button = element("button", classes, "", {
    "data-node": node.id,
    tabindex: "-1",
    "aria-label": ariaLabel(cell, node),
  });
  button.append(element("span", "text", node.text));
  if (node.hint) {
    button.append(element("span", "hint", node.hint));
  }
  for (const note of node.notes) {
    const line = element("span", "note");
    line.append(...rich(note));
    button.append(line);
  }
  if (node.place) {
    button.append(element("span", "place", nameOf(node.place)));
    button.title = `Go to ${nameOf(node.place)}`;
    button.addEventListener("click", () => go(node.place, false));
  } else {
    button.setAttribute("aria-disabled", "true");
  }
  button.addEventListener("focus", () => setFocusable(button));
  return button;
}

function labelElement(cell: Cell): HTMLElement {
  const label = element("div", cell.label ? "label" : "pass", "", { "aria-hidden": "true" });
  if (cell.label) {
    for (const text of cell.edge?.labels ?? []) {
      const line = element("span");
      line.append(...rich(text));
      label.append(line);
    }
  }
  return label;
}

function setFocusable(button: HTMLElement): void {
  for (const each of document.querySelectorAll<HTMLElement>(".node")) {
    each.tabIndex = each === button ? 0 : -1;
  }
  focusedNode = button.dataset.node ?? "";
}

function svg(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(svgNames, name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, String(value));
  }
  return made;
}

// The lines, from where the cells stand now.
function drawLines(): void {
  const graph = document.querySelector<HTMLElement>(".graph");
  const drawing = document.querySelector<SVGElement>(".lines");
  if (!graph || !drawing) {
    return;
  }
  const origin = graph.getBoundingClientRect();
  drawing.setAttribute("width", String(graph.scrollWidth));
  drawing.setAttribute("height", String(graph.scrollHeight));
  drawing.replaceChildren();
  for (const { from, to } of layout.lines) {
    const upper = elements.get(from)?.getBoundingClientRect();
    const lower = elements.get(to)?.getBoundingClientRect();
    if (!upper || !lower) {
      continue;
    }
    const x1 = upper.left + upper.width / 2 - origin.left;
    const x2 = lower.left + lower.width / 2 - origin.left;
    // Through the middle of a cell that it only passes.
    const isPass = (cell: Cell): boolean => !cell.node && !cell.label;
    const y1 = (isPass(from) ? upper.top + upper.height / 2 : upper.bottom) - origin.top;
    const y2 = (isPass(to) ? lower.top + lower.height / 2 : lower.top) - origin.top - (to.node ? 5 : 0);
    const middle = (y1 + y2) / 2;
    drawing.append(svg("path", { d: `M${x1},${y1} C${x1},${middle} ${x2},${middle} ${x2},${y2}`, class: "line" }));
    if (to.node) {
      drawing.append(
        svg("path", { d: `M${x2 - 4},${y2 - 1} L${x2 + 4},${y2 - 1} L${x2},${y2 + 5} Z`, class: "arrow" }),
      );
    }
  }
}

function graphElement(state: ViewState): HTMLElement {
  layout = layOut(state.graph);
  elements = new Map();
  const graph = element("div", "graph", "", {
    role: "group",
    "aria-label": `Graph of ${state.graph.nodes.length} places; the arrow keys go along it`,
  });
  const drawing = svg("svg", { class: "lines", "aria-hidden": "true" });
  graph.append(drawing);
  for (const row of layout.rows) {
    const line = element("div", "row");
    for (const cell of row) {
      const made = cell.node ? nodeElement(cell, cell.node) : labelElement(cell);
      elements.set(cell, made);
      line.append(made);
    }
    graph.append(line);
  }
  return graph;
}

// ---- The keyboard

// The node that an arrow key leads to: down and up along the edges, left and right in the row.
function neighbour(button: HTMLElement, key: string): HTMLElement | undefined {
  const cell = [...elements].find(([, made]) => made === button)?.[0];
  const follow = (start: Cell, next: (cell: Cell) => Cell[]): Cell | undefined => {
    let at: Cell | undefined = next(start).at(0);
    while (at && !at.node) {
      at = next(at).at(0);
    }
    return at;
  };
  if (!cell) {
    return undefined;
  }
  const nodes = layout.rows.flat().filter((each) => each.node);
  const row = layout.rows.find((each) => each.includes(cell)) ?? [];
  const found: Record<string, () => Cell | undefined> = {
    ArrowDown: () => follow(cell, (each) => each.below),
    ArrowUp: () => follow(cell, (each) => each.above),
    ArrowRight: () => row[row.indexOf(cell) + 1],
    ArrowLeft: () => row[row.indexOf(cell) - 1],
    Home: () => nodes.at(0),
    End: () => nodes.at(-1),
  };
  const to = found[key]?.();
  return to?.node && elements.get(to);
}

document.addEventListener("keydown", (event) => {
  const target = event.target instanceof HTMLElement ? event.target : undefined;
  if (event.key === "Escape") {
    api.postMessage({ type: "leave" });
    return;
  }
  if (!target?.classList.contains("node")) {
    return;
  }
  const node = layout.rows.flat().find((cell) => cell.node?.id === target.dataset.node)?.node;
  if (event.key === " ") {
    event.preventDefault(); // goes there as Enter does, but the focus stays here
    go(node?.place, true);
    return;
  }
  const next = neighbour(target, event.key);
  if (next) {
    event.preventDefault();
    next.focus();
  }
});

// ---- The whole page

function scopeButtons(state: ViewState): HTMLElement {
  const group = element("div", "scopes", "", { role: "group", "aria-label": "What is shown" });
  const whole = `All of ${state.functionName || "the function"} (${state.values})`;
  for (const [scope, text] of [
    ["value", "This value"],
    ["function", whole],
  ] as const) {
    const button = element("button", "scope", text, { "aria-pressed": String(state.scope === scope) });
    button.addEventListener("click", () => api.postMessage({ type: "scope", scope }));
    group.append(button);
  }
  return group;
}

function pinButton(state: ViewState): HTMLElement {
  const text = state.pinned ? "Follow the cursor again" : "Keep this while the cursor moves";
  const button = element("button", "pin", state.pinned ? "Pinned" : "Pin", {
    "aria-pressed": String(state.pinned),
    title: text,
  });
  button.addEventListener("click", () => api.postMessage({ type: "pin", pinned: !state.pinned }));
  return button;
}

function header(state: ViewState): HTMLElement {
  const top = element("header");
  const title = element("h2");
  title.append(...rich(state.title));
  if (state.hint) {
    title.append(element("span", "hint", state.hint));
  }
  top.append(title);
  for (const { name, text } of state.paragraphs) {
    const line = element("p");
    if (name) {
      line.append(element("strong", "", `${name} `));
    }
    line.append(...rich(text));
    top.append(line);
  }
  const tools = element("div", "tools");
  if (state.values > 0 && state.hasValue) {
    tools.append(scopeButtons(state));
  }
  tools.append(pinButton(state));
  top.append(tools);
  return top;
}

function show(state: ViewState): void {
  const page = document.getElementById("page");
  const status = document.getElementById("status");
  if (!page || !status) {
    return;
  }
  const active = document.activeElement;
  const hadFocus = active instanceof HTMLElement && active.classList.contains("node");
  const oldTool = active instanceof HTMLElement && active.closest(".tools") ? active.className : "";
  document.body.classList.toggle("updating", state.updating);
  document.body.classList.toggle("stale", state.notice !== "");
  page.replaceChildren();
  if (state.notice) {
    page.append(element("p", "notice", state.notice));
  }
  if (state.empty !== undefined) {
    page.append(element("p", "empty", state.empty));
  } else {
    const scroll = element("div", "scroll");
    scroll.append(graphElement(state));
    page.append(header(state), scroll);
    const buttons = [...page.querySelectorAll<HTMLElement>(".node")];
    const again = buttons.find((each) => each.dataset.node === focusedNode);
    const first = again ?? buttons.find((each) => each.classList.contains("here")) ?? buttons[0];
    if (first) {
      const id = focusedNode;
      setFocusable(first);
      if (hadFocus) {
        first.focus({ preventScroll: true });
      } else {
        focusedNode = id;
      }
    }
    if (oldTool) {
      page
        .querySelector<HTMLElement>(`.tools .${oldTool.split(" ").join(".")}[aria-pressed=true], .tools .pin`)
        ?.focus();
    }
    drawLines();
  }
  // Screen readers are told once, when the content is another one.
  const said = plain(
    [state.notice, state.empty ?? `${state.title} ${state.graph.nodes.length} places.`].filter(Boolean).join(" "),
  );
  if (!state.updating && status.textContent !== said) {
    status.textContent = said;
  }
}

window.addEventListener("message", ({ data }: MessageEvent<ToView>) => {
  api.setState(data.show);
  show(data.show);
});
new ResizeObserver(drawLines).observe(document.body);

const old = api.getState();
if (old) {
  show({ ...old, updating: true });
}
api.postMessage({ type: "ready" });
