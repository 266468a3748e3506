/** The «May import» lines of the design, as errors. */
const domains = ['recorder', 'library', 'perception', 'screening', 'evidence', 'registry', 'review', 'clues', 'sync'];
const engine = '^electron/engine';
const tests = '\\.(test|integration)\\.tsx?$';
/** Where a run-time import counts: type-only imports vanish and couple nothing that runs. */
const runtime = { dependencyTypesNot: ['type-only'] };

module.exports = {
  forbidden: [
    { name: 'no-cycle', severity: 'error', comment: 'Two files that need each other are one idea in the wrong places.', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^electron$' } },
    { name: 'locked-packages', severity: 'error', comment: 'Import only what package.json names.', from: {}, to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] } },
    {
      name: 'no-dev-package-in-product', severity: 'error', comment: 'The installed engine has no devDependencies.',
      from: { path: engine, pathNot: tests }, to: { dependencyTypes: ['npm-dev'], pathNot: ['^node_modules/@types/', '^node_modules/typescript/'], ...runtime },
    },
    { name: 'contract-is-neutral', severity: 'error', comment: 'Both sides load the contract: no Node, no DOM, no Electron, nothing of ours.', from: { path: '^electron/contract/', pathNot: tests }, to: { pathNot: ['^electron/contract/', '^node_modules/zod/'] } },
    { name: 'engine-knows-no-shell', severity: 'error', comment: 'The same engine serves Electron, a browser and the command line.', from: { path: engine }, to: { path: ['^electron/(main|preload)/', '^renderer/', '^node_modules/electron/', '^electron$'] } },
    { name: 'product-knows-no-tests', severity: 'error', from: { path: '^(electron|renderer)/', pathNot: tests }, to: { path: ['^e2e/', '^bench/', '^scripts/', tests] } },
    { name: 'main-knows-only-contract', severity: 'error', comment: 'The shell has no domain logic.', from: { path: '^electron/(main|preload)/' }, to: { path: ['^electron/engine/', '^renderer/'] } },
    { name: 'preload-is-thin', severity: 'error', from: { path: '^electron/preload/', pathNot: tests }, to: { path: '^electron/main/' } },
    {
      name: 'renderer-is-a-page', severity: 'error', comment: 'The page has no Node and no Electron.',
      from: { path: '^renderer/', pathNot: tests }, to: { path: ['^electron/(main|preload|engine)/', '^node_modules/(electron|ws|better-sqlite3)/', '^electron$'] },
    },
    { name: 'renderer-no-node', severity: 'error', from: { path: '^renderer/', pathNot: tests }, to: { dependencyTypes: ['core'] } },
    { name: 'feature-knows-itself', severity: 'error', comment: 'A feature imports state, ui and itself; the timeline is a part of its own that others may show.', from: { path: '^renderer/features/([^/]+)/', pathNot: tests }, to: { path: '^renderer/(features|app)/', pathNot: ['^renderer/features/$1/', '^renderer/features/timeline/index\\.ts$'] } },
    { name: 'state-is-below', severity: 'error', from: { path: '^renderer/state/' }, to: { path: '^renderer/(features|app|ui)/' } },
    { name: 'ui-is-below', severity: 'error', from: { path: '^renderer/ui/' }, to: { path: '^renderer/(features|app)/' } },
    ...domains.map((domain) => ({
      name: `domain-${domain}-stands-alone`, severity: 'error', comment: 'Domain folders meet in engine/entry, through the store and plain functions.',
      from: { path: `${engine}/${domain}/`, pathNot: tests },
      to: { path: `${engine}/(${[...domains.filter((other) => other !== domain && other !== 'library'), 'server', 'cli', 'entry', 'demo'].join('|')})/`, ...runtime },
    })),
    { name: 'container-is-pure', severity: 'error', comment: 'Parsers and writers of media bytes: no files, no sockets, nothing of ours but the contract.', from: { path: `${engine}/container/`, pathNot: tests }, to: { pathNot: [`${engine}/container/`, '^electron/contract/', '^node:(crypto|buffer)$', '^(crypto|buffer)$'], ...runtime } },
    { name: 'store-is-below', severity: 'error', from: { path: `${engine}/store/`, pathNot: tests }, to: { path: engine, pathNot: [`${engine}/store/`], ...runtime } },
    { name: 'server-and-demo-know-no-domain', severity: 'error', from: { path: `${engine}/(server|demo)/`, pathNot: tests }, to: { path: `${engine}/(${[...domains.filter((d) => d !== 'library'), 'cli', 'entry'].join('|')})/`, ...runtime } },
    { name: 'sqlite-only-in-store', severity: 'error', comment: 'Proofs may look into the database, and let a week pass in it.', from: { path: '^(electron|renderer|e2e|bench)/', pathNot: [`${engine}/store/`, '^e2e/(platform|soak)/', '^e2e/library\\.spec\\.ts$'] }, to: { path: ['^node_modules/better-sqlite3/', '^node:sqlite$'], ...runtime } },
    { name: 'models-only-in-perception', severity: 'error', comment: 'Native code and untrusted media live in children that may die.', from: { path: '^(electron|renderer)/', pathNot: `${engine}/perception/` }, to: { path: '^node_modules/(onnxruntime-[^/]+|sherpa-onnx[^/]*|node-av|@seydx/[^/]+)/', ...runtime } },
    {
      name: 'sockets-only-in-recorder', severity: 'error', comment: 'Sockets to the outside: recorder and sync. Servers: server and demo. main reaches the engine.',
      from: { path: engine, pathNot: [`${engine}/(recorder|sync|server|demo)/`, tests] }, to: { path: '^(node:)?(http|https|http2|net|tls|dgram|dns)(/|$)', dependencyTypes: ['core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|test-results|\\.cache)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'], mainFields: ['module', 'main', 'types'] },
  },
};
