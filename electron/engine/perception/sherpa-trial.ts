import { createRequire } from 'node:module';
import { toConfig } from './sherpa-engine.ts';
import { readSpeechPack } from './speech-pack.ts';

// A process of its own: the recogniser's native code ends the process on some models instead of reporting them.
const installed = await readSpeechPack(process.argv[2] ?? '');
if (installed === null) process.exit(2);
const sherpa = createRequire(import.meta.url)('sherpa-onnx-node') as { OfflineRecognizer: new (config: unknown) => unknown };
new sherpa.OfflineRecognizer(toConfig(installed, 1));
process.stdout.write('loads\n');
process.exit(0);
