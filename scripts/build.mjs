// Builds one part, `renderer` or `shell`, on the engine's Node. Called by lib/build-stamp.mjs.
import path from 'node:path';
import { build } from 'vite';
import { root } from './lib/paths.mjs';

const buildRenderer = () => build({ configFile: path.join(root, 'vite.config.ts'), logLevel: 'warn' });

/** One CommonJS file with everything but Electron inside: a sandboxed preload can load nothing beside itself. */
const bundleForElectron = (name) => build({
  configFile: false,
  root,
  logLevel: 'warn',
  publicDir: false,
  ssr: { noExternal: true, external: ['electron', 'bufferutil', 'utf-8-validate'] },
  build: {
    ssr: path.join(root, 'electron', name, `${name}.ts`),
    outDir: path.join(root, 'dist', name),
    emptyOutDir: true,
    target: 'node22',
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      external: ['electron', 'bufferutil', 'utf-8-validate', /^node:/],
      output: { format: 'cjs', entryFileNames: `${name}.cjs`, codeSplitting: false },
    },
  },
});

const part = process.argv[2];
if (part === 'renderer') await buildRenderer();
else if (part === 'shell') {
  await bundleForElectron('main');
  await bundleForElectron('preload');
} else throw new Error(`unknown part ${part}`);
