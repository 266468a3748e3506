// `npm run package`: installers for this platform through electron-builder, into dist/installers.
import path from 'node:path';
import { runChild } from './lib/child.mjs';
import { root } from './lib/paths.mjs';
import { say } from './lib/say.mjs';

const code = await runChild(process.execPath, [path.join(root, 'node_modules/electron-builder/cli.js'), '--config', 'electron-builder.yml', '--publish', 'never', ...process.argv.slice(2)], { cwd: root });
if (code !== 0) {
  say(
    '打包失败。打包需要 Electron 官方发布包:网络不通时,请将其放入 electron-builder 的缓存目录,或用 ELECTRON_MIRROR 指定镜像。',
    'Packaging failed. It needs the Electron release: on a closed network put it into electron-builder\'s cache or name a mirror in ELECTRON_MIRROR.',
  );
}
process.exit(code);
