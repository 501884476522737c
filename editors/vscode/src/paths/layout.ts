// Where the nodes of a graph go: rows from the values at the top to the heap at the bottom, after Sugiyama, Tagawa and
// Toda. A node's row is the length of the longest way to it; every edge has a cell for its label in the row under its
// origin, and cells to pass through in the rows that it crosses, so that lines don't run over nodes. Within the rows,
// cells are ordered by the mean place of their neighbours, downwards and upwards in turn.
import type { Graph, GraphEdge, GraphNode } from "./protocol";

export interface Cell {
  node?: GraphNode;
  edge?: GraphEdge; // without a node: its label, or a place where it passes
  label: boolean;
  above: Cell[];
  below: Cell[];
}

export interface Layout {
  rows: Cell[][];
  // Pairs of cells to be joined by a line; an arrow at the lower one when it is a node.
  lines: { from: Cell; to: Cell; edge: GraphEdge }[];
}

// Rows of the nodes by longest paths; edges that close a circle are left out of the count.
function rowsOf(graph: Graph): { row: Map<string, number>; forward: GraphEdge[] } {
  const out = new Map<string, GraphEdge[]>();
  for (const edge of graph.edges) {
    out.set(edge.from, [...(out.get(edge.from) ?? []), edge]);
  }
  const state = new Map<string, "open" | "done">();
  const order: string[] = [];
  const forward: GraphEdge[] = [];
  const visit = (id: string): void => {
    state.set(id, "open");
    for (const edge of out.get(id) ?? []) {
      if (state.get(edge.to) === "open") {
        continue;
      }
      forward.push(edge);
      if (!state.has(edge.to)) {
        visit(edge.to);
      }
    }
    state.set(id, "done");
    order.unshift(id);
  };
  for (const node of graph.nodes) {
    if (!state.has(node.id)) {
      visit(node.id);
    }
  }
  const row = new Map(graph.nodes.map((node) => [node.id, 0]));
  for (const id of order) {
    for (const edge of forward.filter((each) => each.from === id)) {
      row.set(edge.to, Math.max(row.get(edge.to) ?? 0, (row.get(id) ?? 0) + 1));
    }
  }
  // The ends are in the last row, wherever the values that reach them are.
  const last = Math.max(0, ...row.values());
  for (const node of graph.nodes.filter((each) => !each.place)) {
    row.set(node.id, last);
  }
  return { row, forward };
}

function sortBy(cells: Cell[], neighbours: (cell: Cell) => Cell[], place: Map<Cell, number>): void {
  const mean = (cell: Cell): number => {
    const all = neighbours(cell);
    return all.length > 0
      ? all.reduce((sum, each) => sum + (place.get(each) ?? 0), 0) / all.length
      : (place.get(cell) ?? 0);
  };
  const weights = new Map(cells.map((cell) => [cell, mean(cell)]));
  cells.sort((a, b) => (weights.get(a) ?? 0) - (weights.get(b) ?? 0)); // stable: equals keep their order
  cells.forEach((cell, index) => place.set(cell, (index + 0.5) / cells.length));
}

export function layOut(graph: Graph): Layout {
  const { row, forward } = rowsOf(graph);
  const last = Math.max(0, ...row.values());
  const rows: Cell[][] = Array.from({ length: 2 * last + 1 }, () => []);
  const lines: Layout["lines"] = [];
  const cells = new Map<string, Cell>();
  for (const node of graph.nodes) {
    const cell: Cell = { node, label: false, above: [], below: [] };
    cells.set(node.id, cell);
    rows[2 * (row.get(node.id) ?? 0)]?.push(cell);
  }
  const join = (from: Cell, to: Cell, edge: GraphEdge): void => {
    from.below.push(to);
    to.above.push(from);
    lines.push({ from, to, edge });
  };
  for (const edge of forward) {
    const origin = cells.get(edge.from);
    const target = cells.get(edge.to);
    const top = 2 * (row.get(edge.from) ?? 0);
    const bottom = 2 * (row.get(edge.to) ?? 0);
    if (!origin || !target) {
      continue;
    }
    let upper = origin;
    for (let at = top + 1; at < bottom; at++) {
      const cell: Cell = { edge, label: at === top + 1, above: [], below: [] };
      rows[at]?.push(cell);
      join(upper, cell, edge);
      upper = cell;
    }
    join(upper, target, edge);
  }
  const place = new Map<Cell, number>();
  rows.forEach((cellsOfRow) => cellsOfRow.forEach((cell, index) => place.set(cell, (index + 0.5) / cellsOfRow.length)));
  for (let sweep = 0; sweep < 4; sweep++) {
    rows.slice(1).forEach((cellsOfRow) => sortBy(cellsOfRow, (cell) => cell.above, place));
    rows
      .slice(0, -1)
      .reverse()
      .forEach((cellsOfRow) => sortBy(cellsOfRow, (cell) => cell.below, place));
  }
  return { rows, lines };
}

// How wide it has to be to be read, in pixels: cells with the widths and the gap that style.css gives them at least, and
// the margins of the page.
export function widthOf({ rows }: Layout): number {
  const [node, label, pass, gap, margins] = [118, 110, 10, 10, 20];
  const widths = rows.map((row) =>
    row.reduce((sum, cell) => sum + (cell.node ? node : cell.label ? label : pass) + gap, margins - gap),
  );
  return Math.max(0, ...widths);
}
