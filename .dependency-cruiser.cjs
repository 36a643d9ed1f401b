/**
 * Imports go one way, down the pipeline: a folder of the engine imports from the folders before it, never from one
 * after it. Every rule below says why in its comment. Types count like values unless a rule says otherwise.
 */

const pipeline = [
  "math",
  "network",
  "spaces",
  "scaling",
  "published",
  "graph",
  "plan",
  "runtime",
  "data",
  "training",
  "bench",
  "sweep",
  "analysis",
  "export",
  "exchange",
];

const folder = (names) => `^src/engine/(${names.join("|")})/`;
const tests = "\\.test\\.tsx?$";
/** Charts that need a browser to be drawn. */
const pageCharts =
  "^src/charts/(page/|(chart-canvas|use-size|histogram|network-drawing|training-chart|width-chart|width-plot)\\.tsx?$)";
/** Modules that run in Node alone say so in their name, or in their folder's. */
const nodeOnly = "(^|/)(node-[^/]+\\.ts|node/.+)$";

const directions = pipeline.slice(0, -1).map((name, index) => ({
  name: `engine-${name}-imports-only-what-is-before-it`,
  comment: `The pipeline's order is ${pipeline.join(" → ")}.`,
  severity: "error",
  from: { path: folder([name]), pathNot: tests },
  to: { path: folder(pipeline.slice(index + 1)) },
}));

module.exports = {
  forbidden: [
    ...directions,
    {
      name: "no-cycles",
      comment:
        "Modules in a cycle can only be understood, tested and loaded together. Tests and types included.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-unknown-engine-folder",
      comment: "A new folder of the engine takes its place in the list above.",
      severity: "error",
      from: {},
      to: { path: "^src/engine/[^/]+/", pathNot: folder(pipeline) },
    },
    {
      name: "sweep-is-handed-its-trainer",
      comment:
        "So that a sweep runs with any trainer. It knows types, and how a regime is described (regime.ts, phases.ts).",
      severity: "error",
      from: { path: folder(["sweep"]), pathNot: tests },
      to: {
        path: folder(["training"]),
        pathNot: "^src/engine/training/(regime|phases)\\.ts$",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "the-contract-knows-no-implementation",
      comment: "A stranger writes a fourth executor from executor.ts alone; registry.ts imports them all.",
      severity: "error",
      from: { path: "^src/engine/runtime/executor\\.ts$" },
      to: { path: "^src/engine/runtime/(reference|wasm|webgpu)/" },
    },
    {
      name: "engine-stands-alone",
      comment: "The same engine runs in a page, in a worker and in Node.",
      severity: "error",
      from: { path: "^src/engine/", pathNot: tests },
      to: { path: "^src/(app|charts|cli)/|node_modules/(react|react-dom|@mantine|recharts|zustand)/" },
    },
    {
      name: "charts-draw-rows",
      comment:
        "Charts never compute: they may use math, network and analysis, of the other folders only types.",
      severity: "error",
      from: { path: "^src/charts/", pathNot: tests },
      to: {
        path: "^src/engine/",
        pathNot: folder(["math", "network", "analysis"]),
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "charts-draw-without-a-page",
      comment:
        "A chart is markup of its props: Node draws it too. Only charts/page, and charts with style sheets of their own, need one.",
      severity: "error",
      from: { path: "^src/charts/", pathNot: [tests, pageCharts] },
      to: { path: [pageCharts, "node_modules/(react-dom|@mantine|recharts)/", "\\.css$"] },
    },
    {
      name: "charts-know-no-app",
      severity: "error",
      from: { path: "^src/charts/", pathNot: tests },
      to: { path: "^src/(app|cli|report)/" },
    },
    {
      name: "reports-know-no-cli",
      severity: "error",
      from: { path: "^src/report/", pathNot: tests },
      to: { path: "^src/cli/" },
    },
    {
      name: "app-knows-no-cli",
      severity: "error",
      from: { path: "^src/app/", pathNot: tests },
      to: { path: "^src/cli/" },
    },
    {
      name: "cli-knows-no-page",
      comment:
        "Reports draw the charts that the page draws, as markup; what measures, downloads or needs a style sheet lies in charts/page.",
      severity: "error",
      from: { path: "^src/(cli|report)/", pathNot: tests },
      to: {
        path: [
          "^src/app/",
          pageCharts,
          "node_modules/(react-dom/(?!server)|@mantine|recharts|zustand|dexie)",
        ],
      },
    },
    {
      name: "node-modules-in-node-files",
      comment:
        "What a browser loads must not need Node; a module that does is named node-*.ts, or lies in a folder node/.",
      severity: "error",
      from: { path: "^src/", pathNot: [tests, nodeOnly, "^src/cli/"] },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "browsers-load-no-node-files",
      comment: "Only the command line, other Node files and tests import them; a guarded import() is fine.",
      severity: "error",
      from: { path: "^src/", pathNot: [tests, nodeOnly, "^src/cli/"] },
      to: { path: `^src/.*${nodeOnly}`, dependencyTypesNot: ["dynamic-import", "type-only"] },
    },
    {
      name: "not-outside-the-repository",
      severity: "error",
      from: {},
      to: { path: "^\\.\\./", pathNot: "node_modules/" },
    },
    {
      name: "not-to-unresolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "not-to-test-files",
      comment: "What two tests share is a module of its own.",
      severity: "error",
      from: {},
      to: { path: tests },
    },
    {
      name: "src-needs-no-development-package",
      severity: "error",
      from: { path: "^src/", pathNot: tests },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // AssemblyScript has its own compiler and its own names for types.
    exclude: { path: "^src/engine/runtime/wasm/assembly/" },
    tsConfig: { fileName: "tsconfig.json" },
    // Type-only imports count, and are told from the others.
    tsPreCompilationDeps: "specify",
    enhancedResolveOptions: {
      extensions: [".ts", ".tsx", ".mjs", ".js"],
      exportsFields: ["exports"],
      conditionNames: ["import", "module", "browser", "default", "types"],
    },
  },
};
