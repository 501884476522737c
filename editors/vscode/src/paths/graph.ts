// From the paths of a function to one graph: a node for each place that values pass, an edge for what carries them on,
// labelled with it, and an end: the heap, the caller or the stack. Places that several values pass are one node.
import type { Graph, GraphEdge, GraphNode, Path, Place } from "./protocol";

const ends: Record<"heap" | "caller" | "stack", string> = { heap: "Heap", caller: "Caller", stack: "Stack" };

function endOf(path: Path): "heap" | "caller" | "stack" {
  switch (path.verdict) {
    case "heap":
    case "conditional":
      return "heap";
    case "leaks":
      return path.why.includes("to the heap") ? "heap" : "caller";
    case "none":
    case "stack":
    case "stays":
      return "stack";
  }
}

const longReason = 60; // characters

// Text up to a sign that ends a clause; inside of `code`, as `(*T).f`, none does.
const firstClause = /^(?:`[^`]*`|[^:.(`]|\.(?=\w))*/;
const upToComma = /^(?:`[^`]*`|[^,`]|,(?! ))*/;

// The first clause of the reason, without its subject: "may be used after `f` returns".
export function reasonOf(path: Path): string {
  if (path.verdict === "none") {
    return "nothing is allocated";
  }
  const clause = firstClause.exec(path.why)?.[0].trim() ?? "";
  const short = clause.length > longReason ? (upToComma.exec(clause)?.[0] ?? clause) : clause;
  return short.replace(/^(It|Its|`[^`]*`) (?=\w)/, (subject) => (subject === "Its " ? "its " : ""));
}

const keyOf = ({ uri, range: { start, end } }: Place): string =>
  `${uri}#${start.line}:${start.character}-${end.line}:${end.character}`;

export function graphOf(paths: readonly Path[], uri: string, here: Path | undefined): Graph {
  const nodes = new Map<string, GraphNode>();
  const edges = new Map<string, GraphEdge>();

  const addNode = (node: GraphNode): GraphNode => {
    const known = nodes.get(node.id);
    if (!known) {
      nodes.set(node.id, node);
      return node;
    }
    if (node.kind === "value") {
      Object.assign(known, { kind: "value", text: node.text, hint: node.hint, here: known.here || node.here });
    }
    return known;
  };
  const connect = (from: GraphNode, to: GraphNode, label: string): GraphEdge => {
    const key = `${from.id} ${to.id}`;
    const edge = edges.get(key) ?? { from: from.id, to: to.id, labels: [] };
    if (label && !edge.labels.includes(label)) {
      edge.labels.push(label);
    }
    edges.set(key, edge);
    return edge;
  };

  for (const path of paths) {
    const place = { uri, range: path.range };
    let node = addNode({
      id: keyOf(place),
      kind: "value",
      text: path.subject,
      hint: path.hint,
      place,
      notes: [],
      here: path === here,
    });
    let edge: GraphEdge | undefined;
    const passed = new Set([node.id]);
    path.steps.forEach((step, index) => {
      const at = step.uri && step.range ? { uri: step.uri, range: step.range } : undefined;
      const id = at ? keyOf(at) : "";
      if (!at || id === node.id) {
        if (edge && !edge.labels.includes(step.text)) {
          edge.labels.push(step.text);
        } else if (!edge && index > 0 && !node.notes.includes(step.text)) {
          node.notes.push(step.text);
        }
        return;
      }
      // A value that comes back to a place that it has passed goes on from a node of its own.
      const own = passed.has(id) ? `${id} ${index}` : id;
      const next = addNode({ id: own, kind: "step", text: step.code ?? "", place: at, notes: [] });
      edge = connect(node, next, step.text);
      passed.add(own);
      node = next;
    });
    const end = endOf(path);
    connect(node, addNode({ id: end, kind: end, text: ends[end], notes: [] }), reasonOf(path));
  }
  // Ends come last, in the order of reading too.
  const all = [...nodes.values()];
  return {
    nodes: [...all.filter((each) => each.place), ...all.filter((each) => !each.place)],
    edges: [...edges.values()],
  };
}
