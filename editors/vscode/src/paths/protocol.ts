// The answer to heapls/paths (editors/README.md) and what the view is told.

export interface Place {
  uri: string;
  range: Range;
}

export interface Range {
  start: Position;
  end: Position;
}

export interface Position {
  line: number;
  character: number;
}

export interface Step extends Partial<Place> {
  text: string;
  gc: string;
  code?: string;
}

export interface Path {
  subject: string;
  kind: "site" | "variable" | "parameter";
  verdict: "heap" | "conditional" | "none" | "stack" | "leaks" | "stays";
  code: string;
  hint: string;
  title: string;
  why: string;
  advice: string;
  when: string;
  gc: string;
  loop: boolean;
  stale: boolean;
  range: Range;
  steps: Step[];
}

export interface Paths {
  uri: string;
  version: number;
  function: string;
  range?: Range;
  at: number;
  paths: Path[];
}

export interface GraphNode {
  id: string;
  kind: "value" | "step" | "heap" | "caller" | "stack";
  text: string; // source text, or the name of the end
  hint?: string; // of a value: "heap 32 B"
  place?: Place; // none: an end
  notes: string[]; // what happens to the value without leaving the place
  here?: boolean; // the value at the cursor
}

export interface GraphEdge {
  from: string;
  to: string;
  labels: string[]; // what happens on the way, in order
}

export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
}

// One value of a function, with a graph of its own: where there is no room for all of them side by side.
export interface Part {
  text: string;
  hint: string;
  place: Place;
  here: boolean;
  graph: Graph;
}

export type Scope = "value" | "function";

// What the view shows. `paragraphs` may hold `code` and *emphasis*.
export interface ViewState {
  empty?: string; // why there is no graph
  title: string;
  hint: string;
  paragraphs: { name?: string; text: string }[];
  graph: Graph;
  parts: Part[]; // of the graph, where it has several values
  scope: Scope;
  hasValue: boolean; // there is one at the cursor
  values: number; // of the function that go to the heap
  functionName: string;
  pinned: boolean;
  notice: string; // "stale …", or that the server does not run
  updating: boolean;
}

export interface ToView {
  show: ViewState;
}

export type FromView =
  | { type: "ready" }
  | { type: "go"; place: Place; keepFocus: boolean }
  | { type: "scope"; scope: Scope }
  | { type: "pin"; pinned: boolean }
  | { type: "leave" };
