import { parseArgs } from 'node:util';
import { startDemoOrigin } from './demo-origin.ts';

/** Child entry: `--media DIR [--port N] [--started-at MS]`; sends {type:'ready', baseUrl, rooms} and lives as long as its parent's channel. */
const { values } = parseArgs({ options: { media: { type: 'string' }, port: { type: 'string', default: '0' }, 'started-at': { type: 'string' } } });
if (!values.media) {
  process.stderr.write('usage: demo-worker.ts --media DIR [--port N] [--started-at MS]\n');
  process.exit(2);
}
process.on('disconnect', () => process.exit(0));
const startedAtMs = values['started-at'] === undefined ? undefined : Number(values['started-at']);
const origin = await startDemoOrigin({ mediaDir: values.media, port: Number(values.port), startedAtMs });
process.send?.({ type: 'ready', baseUrl: origin.baseUrl, rooms: origin.rooms });
