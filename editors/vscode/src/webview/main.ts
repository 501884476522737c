// The page of the view "Path to the Heap": draws the graph that the extension sends, and tells it where the user goes.
// Nodes are buttons in the order of reading, one of them in the tab order, the arrow keys go along the edges; lines are
// drawn behind them from where the layout put the cells, and are hidden from screen readers, which hear the labels.
import { layOut, widthOf, type Cell, type Layout } from "../paths/layout";
import type { FromView, Graph, GraphNode, Part, Place, ToView, ViewState } from "../paths/protocol";

interface Api {
  postMessage(message: FromView): void;
  setState(state: ViewState): void;
  getState(): (Omit<ViewState, "parts"> & Partial<ViewState>) | undefined; // of an older page: without the parts
}
declare function acquireVsCodeApi(): Api;

const api = acquireVsCodeApi();
const svgNames = "http://www.w3.org/2000/svg";

// A graph as it is drawn: one, or one for each value where there is no room for all of them in one.
interface Drawing {
  layout: Layout;
  elements: Map<Cell, HTMLElement>;
  element: HTMLElement;
}
let drawings: Drawing[] = [];
let shown: ViewState | undefined;
const opened = new Map<string, boolean>(); // values in the list that the user has opened or closed
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
  for (const each of button.closest(".graph")?.querySelectorAll<HTMLElement>(".node") ?? []) {
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
  drawings.forEach(drawLinesOf);
}

function drawLinesOf({ layout, elements, element: graph }: Drawing): void {
  const drawing = graph.querySelector<SVGElement>(".lines");
  if (!drawing) {
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

function drawingOf(source: Graph): Drawing {
  const layout = layOut(source);
  const elements = new Map<Cell, HTMLElement>();
  const graph = element("div", "graph", "", {
    role: "group",
    "aria-label": `Graph of ${source.nodes.length} places; the arrow keys go along it`,
  });
  const drawing = svg("svg", { class: "lines", width: 0, height: 0, "aria-hidden": "true" });
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
  return { layout, elements, element: graph };
}

// Is there room to read the values side by side? Else each has a graph of its own, behind a line that can be opened.
function hasRoom(state: ViewState): boolean {
  return state.parts.length < 2 || widthOf(layOut(state.graph)) <= document.documentElement.clientWidth;
}

function partElement(part: Part, isFirst: boolean): HTMLElement {
  const made = element("details", part.here ? "part here" : "part");
  const key = `${part.text} ${nameOf(part.place)}:${part.place.range.start.character}`;
  made.open = opened.get(key) ?? isFirst;
  const line = element("summary");
  line.append(element("span", "text", part.text), element("span", "hint", part.hint));
  line.append(element("span", "place", nameOf(part.place)));
  const drawing = drawingOf(part.graph);
  drawings.push(drawing);
  made.append(line, drawing.element);
  made.addEventListener("toggle", () => {
    opened.set(key, made.open);
    drawLinesOf(drawing);
  });
  return made;
}

function graphElements(state: ViewState): HTMLElement[] {
  drawings = [];
  if (hasRoom(state)) {
    const drawing = drawingOf(state.graph);
    drawings.push(drawing);
    return [drawing.element];
  }
  const first = Math.max(
    0,
    state.parts.findIndex((part) => part.here),
  );
  return state.parts.map((part, index) => partElement(part, index === first));
}

// ---- The keyboard

// The node that an arrow key leads to: down and up along the edges, left and right in the row.
function neighbour(button: HTMLElement, key: string): HTMLElement | undefined {
  const drawing = drawings.find(({ element: graph }) => graph.contains(button));
  const cell = [...(drawing?.elements ?? [])].find(([, made]) => made === button)?.[0];
  const follow = (start: Cell, next: (cell: Cell) => Cell[]): Cell | undefined => {
    let at: Cell | undefined = next(start).at(0);
    while (at && !at.node) {
      at = next(at).at(0);
    }
    return at;
  };
  if (!cell || !drawing) {
    return undefined;
  }
  const { layout, elements } = drawing;
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
  const cells = drawings.flatMap(({ layout }) => layout.rows.flat());
  const node = cells.find((cell) => cell.node?.id === target.dataset.node)?.node;
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
  shown = state;
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
    scroll.append(...graphElements(state));
    page.append(header(state), scroll);
    // One stop of the tabulator in each graph: where the focus was, what is at the cursor, or the first.
    const id = focusedNode;
    const stops = drawings.flatMap(({ element: graph }) => {
      const buttons = [...graph.querySelectorAll<HTMLElement>(".node")];
      const again = buttons.find((each) => each.dataset.node === id);
      return again ?? buttons.find((each) => each.classList.contains("here")) ?? buttons.slice(0, 1);
    });
    stops.forEach(setFocusable);
    focusedNode = id;
    if (hadFocus) {
      (stops.find((each) => each.dataset.node === id) ?? stops.at(0))?.focus({ preventScroll: true });
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
let hadRoom = true;
new ResizeObserver(() => {
  const room = !shown || shown.empty !== undefined || hasRoom(shown);
  if (shown && room !== hadRoom) {
    show(shown);
  }
  hadRoom = room;
  drawLines();
}).observe(document.body);

const old = api.getState();
if (old) {
  show({ ...old, parts: old.parts ?? [], updating: true });
}
api.postMessage({ type: "ready" });
